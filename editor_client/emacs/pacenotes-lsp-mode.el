;;; pacenotes-lsp-mode.el --- Pacenotes through lsp-mode -*- lexical-binding: t -*-

;;; Commentary:
;; An add-on beside the usual TypeScript server; ghost text comes from `lsp-inline-completion-mode'.

;;; Code:

(require 'lsp-mode)

(defcustom pacenotes-program "pacenotes"
  "The program to run."
  :type 'string
  :group 'lsp-mode)

(lsp-register-client
 (make-lsp-client
  :new-connection (lsp-stdio-connection (lambda () (list pacenotes-program "serve")))
  :activation-fn (lsp-activate-on "typescript" "typescriptreact" "javascript" "javascriptreact")
  :priority -1
  :add-on? t
  :server-id 'pacenotes))

(when (fboundp 'lsp-inline-completion-mode)
  (add-hook 'lsp-mode-hook #'lsp-inline-completion-mode))

(defun pacenotes--run (command &rest arguments)
  "Run COMMAND of the server with ARGUMENTS."
  (with-lsp-workspace (or (lsp-find-workspace 'pacenotes (buffer-file-name))
                          (user-error "Pacenotes does not serve this buffer"))
    (lsp-request "workspace/executeCommand"
                 (list :command command :arguments (vconcat arguments)))))

(defun pacenotes-review ()
  "Review the file of this buffer."
  (interactive)
  (pacenotes--run "pacenotes.reviewFile" (lsp--buffer-uri)))

(defun pacenotes-review-changes ()
  "Review what has changed since the last commit."
  (interactive)
  (pacenotes--run "pacenotes.reviewChanges"))

(defun pacenotes-ask (prompt)
  "Ask PROMPT about the region."
  (interactive "sAsk about the region: ")
  (let ((answer (pacenotes--run "pacenotes.ask"
                                (list :uri (lsp--buffer-uri)
                                      :range (lsp--region-to-range (region-beginning) (region-end))
                                      :prompt prompt))))
    (with-help-window "*Pacenotes*"
      (princ (lsp-get answer :answer)))))

(provide 'pacenotes-lsp-mode)
;;; pacenotes-lsp-mode.el ends here
