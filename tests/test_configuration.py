"""
Settings: which place wins, and the one sentence that each mistake gets.
"""

import dataclasses
import json
import os
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_server.configuration import environment_variable, flatten, load, read_editor, read_file
from lsp_server.settings import BedrockRoute, ProviderChoice, Scope, Settings, declarations
from lsp_server.settings_resolution import DECLARED, Layer, Problem, ProblemKind, resolve

USER_ONLY = [row.name for row in declarations() if row.scope is Scope.MACHINE]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Places:
    """
    A workspace folder and a user file to write settings into.
    """

    folder: Path
    user_file: Path

    def load(self, **layers: Any) -> tuple[Settings, tuple[Problem, ...]]:
        return load(folder=self.folder, user_file=self.user_file, environ=layers.pop("environ", {}), **layers)

    def workspace(self, text: str) -> None:
        (self.folder / "pacenotes.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "app").mkdir()
    return Places(folder=tmp_path / "app", user_file=tmp_path / "user.toml")


def one_layer(*entries: tuple[str, Any], **options: Any) -> tuple[Settings, tuple[Problem, ...]]:
    return resolve([Layer(source="here", entries=entries, **options)])


def the_problem(*entries: tuple[str, Any], **options: Any) -> Problem:
    settings, problems = one_layer(*entries, **options)

    assert Settings() == settings
    assert len(problems) == 1
    return problems[0]


class TestPrecedence:
    def test_nothing_written_is_the_defaults(self, places: Places) -> None:
        """
        Without any file or variable the defaults hold and nothing is wrong.
        """
        assert (Settings(), ()) == places.load()

    def test_each_stronger_place_wins(self, places: Places) -> None:
        """
        Workspace file, user file, environment, editor and command line win in this order.
        """
        seen = []
        places.workspace("[completion]\ndebounceMs = 1")
        seen.append(places.load())
        places.user_file.write_text("[completion]\ndebounceMs = 2")
        seen.append(places.load())
        environ = {"PACENOTES_COMPLETION_DEBOUNCE_MS": "3"}
        seen.append(places.load(environ=environ))
        editor = {"completion": {"debounceMs": 4}}
        seen.append(places.load(environ=environ, editor=editor))
        command_line = ["completion.debounceMs=5"]
        seen.append(places.load(environ=environ, editor=editor, command_line=command_line))

        assert [settings.completion_debounce_ms for settings, _ in seen] == [1, 2, 3, 4, 5]
        assert not any(problems for _, problems in seen)

    def test_excluded_patterns_add_up(self, places: Places) -> None:
        """
        The user's patterns do not take back those of the workspace.
        """
        places.workspace('exclude = ["from-workspace/"]')
        places.user_file.write_text('exclude = ["from-user/"]')

        settings, problems = places.load(command_line=["exclude=a.ts, b.ts"])

        assert settings.exclude == ("from-workspace/", "from-user/", "a.ts", "b.ts")
        assert problems == ()

    def test_a_bad_value_leaves_the_weaker_one_in_force(self, places: Places) -> None:
        """
        A value that can't be used does not hide the next weaker place.
        """
        places.workspace("maxFileKb = 77")
        places.user_file.write_text("maxFileKb = -1")

        settings, (problem,) = places.load()

        assert settings.max_file_kb == 77
        assert f"{places.user_file}: maxFileKb must lie between 1 and 20000, and -1 does not." == problem.sentence

    def test_each_folder_of_a_workspace_has_its_own(self, places: Places) -> None:
        """
        Two folders of one workspace are tuned apart.
        """
        other = places.folder.parent / "other"
        other.mkdir()
        places.workspace("[completion]\nmaxTokens = 32")
        (other / "pacenotes.toml").write_text("[completion]\nmaxTokens = 64")

        first, _ = places.load()
        second, _ = load(folder=other, user_file=places.user_file, environ={})

        assert (first.completion_max_tokens, second.completion_max_tokens) == (32, 64)

    def test_a_user_file_in_the_opened_folder_keeps_its_rights(self, places: Places) -> None:
        """
        Who opens the folder of their own user file is still the user.
        """
        places.workspace('provider = "anthropic"')

        settings, problems = load(folder=places.folder, user_file=places.folder / "pacenotes.toml", environ={})

        assert (settings.provider, problems) == (ProviderChoice.ANTHROPIC, ())


class TestWorkspaceScope:
    @pytest.mark.parametrize("name", USER_ONLY)
    def test_a_workspace_never_chooses_where_data_goes(self, name: str) -> None:
        """
        Every setting of the machine is refused from a workspace, whatever its value, and the refusal names it.
        """
        problem = the_problem((name, "http://elsewhere.example"), scope=Scope.WORKSPACE)

        assert (ProblemKind.NOT_ALLOWED_HERE, name, False) == (problem.kind, problem.name, problem.is_error)
        assert f"here: {name} is ignored here, since it may only be set in your user settings." == problem.sentence

    def test_what_says_where_data_goes_is_of_the_machine(self) -> None:
        """
        Provider, models, endpoints, credentials' profile and every path are the user's alone.
        """
        telling = ("provider", "model", "url", "endpoint", "region", "profile", "route", "directory")
        named = {row.name for row in declarations() if row.name.lower().endswith(telling)}

        assert named <= set(USER_ONLY)
        assert {"provider", "anthropic.baseUrl", "bedrock.endpoint", "storage.directory"} <= named

    def test_the_rest_of_a_hostile_file_still_holds(self, places: Places) -> None:
        """
        A workspace file that sets an endpoint may still tune behaviour.
        """
        places.workspace('maxFileKb = 9\n[anthropic]\nbaseUrl = "http://elsewhere.example"')

        settings, (problem,) = places.load()

        assert (settings.anthropic_base_url, settings.max_file_kb) == ("", 9)
        assert "anthropic.baseUrl" in problem.sentence
        assert "elsewhere" not in problem.sentence


class TestMistakes:
    @pytest.mark.parametrize(
        ("name", "advice"),
        [
            ("completion.debounce", "perhaps completion.debounceMs was meant"),
            ("Completion.DebounceMS", "perhaps completion.debounceMs was meant"),
            ("completion", "it is a group, so set one of its members, such as completion.enabled"),
            ("colour", "remove it, or look up its name in SETTINGS.md"),
            (
                "anthropic.apiKey",
                "credentials are never read from settings, so remove it and put it into the environment",
            ),
        ],
    )
    def test_an_unknown_name_gets_advice(self, name: str, advice: str) -> None:
        """
        The nearest name is suggested, and a credential is sent elsewhere.
        """
        problem = the_problem((name, 1))

        assert problem.kind == ProblemKind.UNKNOWN_NAME
        assert f'here: there is no setting "{name}"; {advice}.' == problem.sentence

    def test_an_unknown_name_stops_only_a_command_line(self) -> None:
        """
        A file may be written for another version; a command line is written for this one.
        """
        assert not the_problem(("colour", "red")).is_error
        assert the_problem(("colour", "red"), typed_now=True).is_error

    @pytest.mark.parametrize(
        ("name", "value", "must"),
        [
            ("enabled", "yes", 'be true or false, not "yes"'),
            ("enabled", 1, "be true or false, not 1"),
            ("completion.maxTokens", "64", 'be a whole number between 16 and 4096, not "64"'),
            ("completion.maxTokens", 64.5, "be a whole number between 16 and 4096, not 64.5"),
            ("completion.maxTokens", True, "be a whole number between 16 and 4096, not true"),
            ("completion.maxTokens", [64], "be a whole number between 16 and 4096, not [64]"),
            ("completion.maxTokens", 15, "lie between 16 and 4096, and 15 does not"),
            ("completion.maxTokens", 10**40, f"lie between 16 and 4096, and 1{'0' * 40} does not"),
            ("completion.timeoutS", float("nan"), "be a number between 0.5 and 120, not NaN"),
            ("completion.timeoutS", float("inf"), "be a number between 0.5 and 120, not Infinity"),
            ("provider", "openai", 'be one of auto, local, anthropic, bedrock, not "openai"'),
            ("provider", ["local"], 'be one of auto, local, anthropic, bedrock, not ["local"]'),
            ("exclude", "a.ts", 'be a list of texts, not "a.ts"'),
            ("exclude", ["a.ts", 3], "be a text in quotes, not 3"),
            ("exclude", ["x"] * 501, "have at most 500 entries, not 501"),
            ("exclude", ["a\x1b[2J"], "be free of control characters"),
            ("exclude", ["a\u202eb"], "be free of control characters"),
            ("completion.model", "m" * 2049, "be at most 2048 characters long"),
            ("completion.model", {"id": "m"}, 'be a text in quotes, not {"id": "m"}'),
            ("anthropic.baseUrl", "gateway", "be an address that begins with https:// or http://"),
            ("anthropic.baseUrl", "file:///etc/passwd", "be an address that begins with https:// or http://"),
            ("anthropic.baseUrl", "https://[::1", "be an address that begins with https:// or http://"),
            ("anthropic.baseUrl", "https://u:p@host/", "be an address without user name, password or query"),
            ("bedrock.endpoint", "https://host/?key=1", "be an address without user name, password or query"),
            ("storage.directory", "state", "be an absolute path, or begin with ~"),
        ],
    )
    def test_a_value_that_can_not_be_used(self, name: str, value: object, must: str) -> None:
        """
        Wrong types, values out of range, control characters and absurd sizes are refused in a sentence.
        """
        problem = the_problem((name, value))

        assert f"here: {name} must {must}." == problem.sentence
        assert problem.is_error

    def test_two_values_in_one_place_contradict_each_other(self) -> None:
        """
        Set twice with different values, a name gets a sentence; with the same value it is no matter.
        """
        _, (problem,) = one_layer(("maxFileKb", 5), ("maxFileKb", 6))
        _, none = one_layer(("maxFileKb", 5), ("maxFileKb", 5))

        assert problem.kind == ProblemKind.CONTRADICTORY
        assert problem.sentence == "here: maxFileKb is set twice, with different values; keep one of them."
        assert none == ()

    def test_a_message_can_not_steer_a_terminal(self) -> None:
        """
        Names and values are shown short and without control characters.
        """
        problem = the_problem(("\x1b[2J\n" + "x" * 500, 1))

        assert problem.sentence.isprintable()
        assert len(problem.sentence) < 200


class TestFiles:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"a = = 1", "not valid TOML, Invalid value (at line 1, column 5); correct it or remove the file."),
            (b"a = " + b"[" * 40_000, "nested too deeply; correct it or remove the file."),
            (b"a = '\xff'", "the file can't be used, since it is not UTF-8 (line 1), and only UTF-8 is read."),
            (b"#" * 300_000, "the file can't be used, since it is larger than 256 KB."),
            (b"a = 1\0", "the file can't be used, since it is binary, not text."),
        ],
    )
    def test_an_unreadable_file_is_one_sentence(self, places: Places, content: bytes, said: str) -> None:
        """
        Broken TOML, foreign encodings and absurd sizes are named with the file, and the defaults hold.
        """
        path = places.folder / "pacenotes.toml"
        path.write_bytes(content)

        settings, (problem,) = places.load()

        assert Settings() == settings
        assert f"{path}: {said}" == problem.sentence
        assert problem.is_error

    def test_a_pipe_in_place_of_the_file_does_not_hold_us(self, places: Places) -> None:
        """
        A workspace that plants a FIFO as its settings is told so, at once.
        """
        os.mkfifo(places.folder / "pacenotes.toml")

        _, (problem,) = places.load()

        assert problem.kind == ProblemKind.UNREADABLE
        assert problem.sentence.endswith("the file can't be used, since it is not a regular file.")

    def test_a_byte_order_mark_and_dotted_keys_are_fine(self, places: Places) -> None:
        """
        Windows editors write a mark; TOML has three spellings of one key.
        """
        places.workspace('\ufeffcompletion.maxTokens = 20\n"completion.debounceMs" = 7')

        settings, problems = places.load()

        assert (settings.completion_max_tokens, settings.completion_debounce_ms, problems) == (20, 7, ())

    def test_the_user_file_lies_in_the_user_configuration_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """
        Without another word the platform's folder is looked into.
        """
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        (tmp_path / "pacenotes").mkdir()
        (tmp_path / "pacenotes" / "pacenotes.toml").write_text('provider = "local"')

        settings, _ = load(folder=None, environ={})

        assert settings.provider == ProviderChoice.LOCAL


class TestEnvironment:
    def test_every_setting_has_a_variable(self) -> None:
        """
        The variables are the names in capitals, and no two are the same.
        """
        variables = [environment_variable(row) for row in declarations()]

        assert "PACENOTES_COMPLETION_DEBOUNCE_MS" in variables
        assert len(set(variables)) == len(variables)

    @pytest.mark.parametrize(
        ("variable", "text", "attribute", "value"),
        [
            ("PACENOTES_ENABLED", "off", "enabled", False),
            ("PACENOTES_COMPLETION_MENU", " TRUE ", "completion_menu", True),
            ("PACENOTES_COMPLETION_TIMEOUT_S", "2.5", "completion_timeout_s", 2.5),
            ("PACENOTES_COMPLETION_MAX_TOKENS", "64", "completion_max_tokens", 64),
            ("PACENOTES_BEDROCK_ROUTE", "messages", "bedrock_route", BedrockRoute.MESSAGES),
            ("PACENOTES_EXCLUDE", '["a, b.ts"]', "exclude", ("a, b.ts",)),
            ("PACENOTES_COMPLETION_MODEL", "", "completion_model", ""),
            ("PACENOTES_COMPLETION_MAX_TOKENS", "", "completion_max_tokens", 256),
        ],
    )
    def test_texts_are_read_by_type(
        self, places: Places, variable: str, text: str, attribute: str, value: object
    ) -> None:
        """
        A variable is text and becomes what the setting is; an empty one counts as unset.
        """
        settings, problems = places.load(environ={variable: text})

        assert (value, ()) == (getattr(settings, attribute), problems)

    def test_a_bad_variable_is_named(self, places: Places) -> None:
        """
        The sentence says which variable.
        """
        _, (problem,) = places.load(environ={"PACENOTES_MAX_FILE_KB": "big", "PACENOTES_DEBUG": "1"})

        assert (
            problem.sentence == "environment variable PACENOTES_MAX_FILE_KB: "
            'maxFileKb must be a whole number between 1 and 20000, not "big".'
        )


class TestEditor:
    @pytest.mark.parametrize(
        "sent",
        [
            {"completion": {"debounceMs": 5}},
            {"completion.debounceMs": 5},
            {"pacenotes.completion.debounceMs": 5},
            {"pacenotes": {"completion": {"debounceMs": 5}}},
            {"pacenotes.completion": {"debounceMs": 5}},
            {"completion": {"debounceMs": 5.0, "maxTokens": None}, "provider": None},
        ],
    )
    def test_nested_or_flat_is_the_same(self, places: Places, sent: object) -> None:
        """
        Editors nest, flatten and prefix as they like; null is unset; JSON knows no whole numbers.
        """
        assert (dataclasses.replace(Settings(), completion_debounce_ms=5), ()) == places.load(editor=sent)

    @pytest.mark.parametrize("sent", [[], "x", 3, [{}]])
    def test_something_else_than_an_object_is_named(self, sent: object) -> None:
        """
        A client that sends nonsense is told, and nothing is set.
        """
        layer, (problem,) = read_editor(sent)

        assert layer.entries == ()
        assert f"editor settings: pacenotes must be an object with settings in it, not {json.dumps(sent)}." == (
            problem.sentence
        )

    def test_nothing_sent_is_nothing_set(self) -> None:
        """
        A client without configuration is no mistake.
        """
        assert (read_editor(None)[0].entries, read_editor(None)[1]) == ((), ())


class TestCommandLine:
    def test_a_text_without_a_value_is_an_error(self, places: Places) -> None:
        """
        The sentence shows the form.
        """
        _, (problem,) = places.load(command_line=["completion.menu"])

        assert problem.is_error
        assert (
            problem.sentence
            == 'command line: write NAME=VALUE, such as completion.debounceMs=100, in place of "completion.menu".'
        )

    def test_the_editors_prefix_is_accepted(self, places: Places) -> None:
        """
        A name copied from the editor's settings works.
        """
        settings, _ = places.load(command_line=["pacenotes.provider=bedrock"])

        assert settings.provider == ProviderChoice.BEDROCK


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*DECLARED, "completion", "pacenotes"]) | st.text(max_size=5), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(sent=JSON)
def test_no_client_can_break_the_settings(sent: object) -> None:
    """
    Whatever is sent, the settings in force are of their declared types and limits, and problems are printable.
    """
    layer, found = read_editor(sent)
    settings, problems = resolve([layer])

    for problem in (*found, *problems):
        assert problem.sentence.isprintable()
    again = resolve(
        [Layer(source="again", entries=tuple((n, _plain(getattr(settings, r.attribute))) for n, r in DECLARED.items()))]
    )
    assert (settings, ()) == again


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@given(text=st.text(alphabet=string.printable, max_size=40))
def test_no_file_can_break_the_settings(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """
    Whatever a file holds, it is read or named.
    """
    path = tmp_path_factory.getbasetemp() / f"{os.getpid()}.toml"
    path.write_text(text, encoding="utf-8")

    layer, problems = read_file(path, Scope.WORKSPACE)

    assert not (layer.entries and problems)


def test_flatten_stops_at_values() -> None:
    """
    A table where a value belongs stays one, so that its type can be complained about.
    """
    assert flatten({"completion": {"maxTokens": {"a": 1}}}) == (("completion.maxTokens", {"a": 1}),)
