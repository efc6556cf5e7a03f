;;; pacenotes-eglot.el --- Pacenotes through eglot -*- lexical-binding: t -*-

;;; Commentary:
;; eglot runs one server a buffer, so this takes the place of the usual TypeScript server.

;;; Code:

(require 'eglot)

(defcustom pacenotes-program "pacenotes"
  "The program to run."
  :type 'string
  :group 'eglot)

(add-to-list 'eglot-server-programs
             `((typescript-mode typescript-ts-mode tsx-ts-mode js-mode js-ts-mode)
               . (,pacenotes-program "serve" :initializationOptions (:completion (:menu t)))))

(defun pacenotes--run (command &rest arguments)
  "Run COMMAND of the server with ARGUMENTS."
  (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                   (list :command command :arguments (vconcat arguments))))

(defun pacenotes--uri ()
  "The address of this buffer's file."
  (plist-get (eglot--TextDocumentIdentifier) :uri))

(defun pacenotes-review ()
  "Review the file of this buffer."
  (interactive)
  (pacenotes--run "pacenotes.reviewFile" (pacenotes--uri)))

(defun pacenotes-review-changes ()
  "Review what has changed since the last commit."
  (interactive)
  (pacenotes--run "pacenotes.reviewChanges"))

(defun pacenotes-ask (prompt)
  "Ask PROMPT about the region."
  (interactive "sAsk about the region: ")
  (let ((answer (pacenotes--run "pacenotes.ask"
                                (list :uri (pacenotes--uri)
                                      :range (eglot-region-range (region-beginning) (region-end))
                                      :prompt prompt))))
    (with-help-window "*Pacenotes*"
      (princ (plist-get answer :answer)))))

(provide 'pacenotes-eglot)
;;; pacenotes-eglot.el ends here
