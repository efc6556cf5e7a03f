"""
Which files are never read or shown, whoever says otherwise.
"""

import pytest

from lsp_server.policy.exclusion import IgnoreFileOf, built_in_reason, excluded_by
from lsp_server.policy.ignore_patterns import IgnoreFile, parse_ignore_file


def only(file: IgnoreFile) -> IgnoreFileOf:
    """
    A workspace with this one ignore file, at its top.
    """
    return {"": file}.get


NO_FILES: dict[str, IgnoreFile] = {}
GIT = parse_ignore_file(["*.log", "/out/", "!keep.log"], source=".gitignore:")


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.local",
        ".ENV",
        "apps/web/.env.production",
        ".envrc",
        "config/prod.env",
        ".dev.vars",
        "certs/server.pem",
        "certs/server.PEM",
        "server.key",
        "ca.crt",
        "identity.p12",
        "release.jks",
        "upload.keystore",
        "id_rsa",
        "deploy/id_rsa.bak",
        "id_ed25519",
        ".aws/credentials",
        "home/.ssh/config",
        ".npmrc",
        ".netrc",
        ".pypirc",
        ".kube/config",
        ".docker/config.json",
        ".git-credentials",
        "infra/terraform.tfstate",
        "infra/terraform.tfstate.backup",
        "infra/prod.tfvars",
        "gcp-service-account.json",
        "keys/my_service_account_key.json",
        "client_secret_123.json",
        "credentials.json",
        "secrets.yaml",
        "vault.kdbx",
        "apns.p8",
        ".config/gcloud/x/y.ts",
    ],
)
def test_holds_secrets_by_its_name(path: str) -> None:
    """
    Environment files, keys, certificates, key stores, credential files and folders are excluded everywhere.
    """
    assert built_in_reason(path)


@pytest.mark.parametrize(
    "path",
    [
        "src/env.ts",
        "src/environment.ts",
        "src/vite-env.d.ts",
        "src/keys.ts",
        "src/secrets/service.ts",
        "src/credentials.ts",
        "src/certificates/list.tsx",
        "src/token.ts",
        "package.json",
        "tsconfig.json",
        "aws/lambda.ts",
        "src/key",
        "id_rsa_reader/index.ts",
    ],
)
def test_only_sounds_like_it(path: str) -> None:
    """
    Source code about secrets is source code.
    """
    assert built_in_reason(path) is None


def test_nobody_takes_a_built_in_rule_back() -> None:
    """
    Neither an ignore file nor the setting can show an environment file.
    """
    back = parse_ignore_file(["!.env", "!*"], source="back")

    assert excluded_by(".env", only(back), back) == "built-in rule .env*"


def test_the_setting_and_git_add_up() -> None:
    """
    Either suffices; the setting takes nothing back that git ignores, nor the other way round.
    """
    setting = parse_ignore_file(["fixtures/", "!debug.log"], source="exclude")
    back = parse_ignore_file(["!fixtures/"], source=".gitignore:")

    assert excluded_by("debug.log", only(GIT), setting) == ".gitignore: *.log"
    assert excluded_by("src/fixtures/a.ts", only(back), setting) == "exclude fixtures/"


def test_a_deeper_ignore_file_is_stronger() -> None:
    """
    A folder's own file may take back what its parent says.
    """
    deeper = parse_ignore_file(["!debug.log"], source="app/.gitignore:", base="app/")

    files = {"": GIT, "app/": deeper}

    assert excluded_by("debug.log", files.get) == ".gitignore: *.log"
    assert excluded_by("app/debug.log", files.get) is None
    assert excluded_by("keep.log", files.get) is None


def test_nothing_in_an_excluded_folder_is_taken_back() -> None:
    """
    As in git, the folder decides.
    """
    back = parse_ignore_file(["/out/", "!/out/a.ts"], source=".gitignore:")

    assert excluded_by("out/a.ts", only(back)) == ".gitignore: /out/"


def test_the_folders_above_the_workspace_are_not_in_question() -> None:
    """
    Who opens an ignored folder wants to work in it.
    """
    assert excluded_by("out/a.ts", only(GIT)) is not None
    assert excluded_by("out/a.ts", NO_FILES.get, below="out/", inherited=[GIT]) is None
    assert excluded_by("out/a.log", NO_FILES.get, below="out/", inherited=[GIT]) is not None
