"""
Say whether a file may be read and shown to a model, and by which rule not.
"""

from collections.abc import Callable, Iterator, Sequence

from lsp_server.policy.ignore_patterns import IgnoreFile, parse_ignore_file

BUILT_IN = (
    # Environment files.
    "*.env", ".env*", "*.env.local", ".dev.vars*",
    # Private keys, certificates and key stores.
    "*.pem", "*.key", "*.crt", "*.cer", "*.der", "*.csr", "*.p7b", "*.p8", "*.p12", "*.pfx", "*.pkcs12", "*.ppk",
    "*.jks", "*.keystore", "*.bks", "*.kdb", "*.kdbx", "*.keychain", "*.keychain-db", "*.keytab", "*.gpg", "*.pgp",
    "*.asc", "*.ovpn", "*.agekey", "*.mobileprovision", "*id_rsa", "id_rsa.*", "*id_dsa", "id_dsa.*",
    "*id_ecdsa", "id_ecdsa.*", "*id_ed25519", "id_ed25519.*", "ssh_host_*_key", "master.key",
    # Credentials that tools keep in files of their own.
    ".npmrc", ".yarnrc", ".yarnrc.yml", ".netrc", "_netrc", ".pgpass", ".my.cnf", ".htpasswd", ".git-credentials",
    ".dockercfg", ".dockerconfigjson", ".pypirc", ".boto", ".s3cfg", ".vault-token", ".databrickscfg", ".terraformrc",
    "terraform.rc", "credentials.tfrc.json", ".wgetrc", ".curlrc", ".rclone.conf", "rclone.conf", "wallet.dat",
    "credentials", "credentials.json", "credentials.yml", "credentials.yaml", "credentials.toml", "credentials.csv",
    "credentials.xml", "credentials.ini", "credentials.db", "access_tokens.db", "rootkey.csv", "accessKeys.csv",
    "client_secret*.json", "application_default_credentials.json", "*service-account*.json",
    "*service_account*.json", "*serviceaccount*.json", "*firebase-adminsdk*.json", "gcp-key*.json",
    "secrets.json", "secrets.yml", "secrets.yaml", "secrets.toml", "secrets.ini", "secrets.properties", "*.secret",
    "*.secrets", "keyfile.json", "kubeconfig", "*.kubeconfig", "vault.yml", "vault.yaml",
    # Folders of credentials.
    ".aws/", ".ssh/", ".gnupg/", ".azure/", ".gcloud/", "gcloud/legacy_credentials/", ".kube/", ".docker/", ".oci/",
    ".password-store/", ".snowsql/", ".config/gcloud/", ".config/gh/", ".config/doppler/", ".doppler/",
    # State of tools that repeats secrets in the clear.
    "*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json", ".terraform/", ".pulumi/", ".vercel/", ".chamber/",
)  # fmt: skip
"""Patterns that hold everywhere, in upper and lower case, and that no ignore file can take back."""

RULES = parse_ignore_file(BUILT_IN, source="built-in rule", ignore_case=True)
NO_PATTERNS = parse_ignore_file((), source="nothing")

IgnoreFileOf = Callable[[str], IgnoreFile | None]
"""The ignore file in a folder (empty, or ending in a slash), if it holds one."""


def built_in_reason(path: str) -> str | None:
    """
    Why a file at `path` (forward slashes) is excluded whatever else is configured, or None.
    """
    return excluded_by(path, lambda folder: None)


def excluded_by(
    path: str,
    ignore_file_of: IgnoreFileOf,
    exclude: IgnoreFile = NO_PATTERNS,
    *,
    below: str = "",
    inherited: Sequence[IgnoreFile] = (),
) -> str | None:
    """
    Why the file at `path` is excluded, or None. As in git, nothing in an excluded folder can be taken back.

    Git's ignore files and the setting `exclude` add up: neither takes back what the other says.
    The folder `below`, under which `path` lies, is where the workspace begins, and is not itself in question;
    `inherited` are git's ignore files that hold there, strongest last.
    """
    ignored = list(inherited)
    for folder, entry, is_folder in _steps(path, len(below)):
        if own := ignore_file_of(folder):
            ignored.append(own)
        if reason := entry_excluded_by(entry, ignored, exclude, is_folder=is_folder):
            return reason
    return None


def entry_excluded_by(entry: str, ignored: Sequence[IgnoreFile], exclude: IgnoreFile, *, is_folder: bool) -> str | None:
    """
    Why this one entry is excluded, its folders not being so, or None.
    """
    for stack in ((RULES,), (exclude,), ignored):
        for file in reversed(stack):
            if pattern := file.last_match(entry, is_folder=is_folder):
                if not pattern.negated:
                    return f"{file.source} {pattern.text}"
                break
    return None


def _steps(path: str, start: int) -> Iterator[tuple[str, str, bool]]:
    """
    From the top down: the folder, the path of the entry in it that leads on, and whether that is a folder.
    """
    while (slash := path.find("/", start)) >= 0:
        yield path[:start], path[:slash], True
        start = slash + 1
    yield path[:start], path, False
