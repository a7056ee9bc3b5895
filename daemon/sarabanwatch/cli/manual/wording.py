"""What the generated pages say besides what they take from the code.

Empty lines separate paragraphs.
"""

WRITTEN = "Written by `make manual` from the code: change it there."
VERBS = """
`sarabanwatch VERB` is the one command of Saraban Watch: the daemon, and everything that people ask
of it. Words in CAPITALS stand for what you put in. AGENCY is an agency's code, or a part of its
name where only one has it; DIGEST and MAIL are the beginning of a mail's digest, as the lists show
it.

Days may be typed in either era: `2026-12-31`, `31/12/2569`, `31 ธ.ค. 2569`. People are told moments
by Bangkok's clock; `--json` gives them as ISO 8601 with their zone.

Most verbs only read, and may be run beside the daemon at any time. A verb that decides something
asks for your name (`--by`) and keeps it. Every failure is one line on stderr that names the remedy.
"""
ERRORS = """
With `--json`, also where what was typed is itself wrong, a failure is one object on stderr:
`{"error": {"exit_code", "th", "en", "remedy_th", "remedy_en", "help"}}`. `th` and `en` are the
whole message; `remedy_th` and `remedy_en` are what it says is to be done, "" where it names
nothing; `help` is the command that tells how a verb is used, "" but for wrong usage. What a verb
finds to be wrong is no failure: its record stands on stdout, and the exit code is 1. Errors that go
into the journal stay lines of English.
"""
COMPLETION = """
The shell completes verbs and options once this line stands in its start-up file: `~/.bashrc`,
`~/.zshrc`, or `~/.config/fish/completions/sarabanwatch.fish`.
"""
SHELLS = (
    ("bash", 'eval "$(_SARABANWATCH_COMPLETE=bash_source sarabanwatch)"'),
    ("zsh", 'eval "$(_SARABANWATCH_COMPLETE=zsh_source sarabanwatch)"'),
    ("fish", "_SARABANWATCH_COMPLETE=fish_source sarabanwatch | source"),
)
ENVIRONMENT = (
    ("SARABANWATCH_CONFIG", "The configuration file, where --config names none."),
    ("RUNTIME_DIRECTORY, CREDENTIALS_DIRECTORY",
     "Where the service manager lays secrets; they are looked for there first."),
)
FILES = (
    ("/etc/sarabanwatch/sarabanwatch.toml", "The configuration."),
    ("/etc/sarabanwatch/credentials/", "Secrets, a file each, for root alone."),
    ("/var/lib/sarabanwatch/", "The ledger, where `ledger.file` puts it under the service unit."),
)
CONFIGURATION = """
One file in TOML: `/etc/sarabanwatch/sarabanwatch.toml`, unless `--config` or `SARABANWATCH_CONFIG`
names another. `config/sarabanwatch.toml` is a sample that names every key with its default. File
names in it are relative to the file itself, and times are Bangkok's.

`sarabanwatch check-config` says what is wrong with it. An unknown key is refused by name, with the
nearest one that there is; a wrong value by its place.

**After an edit**: `systemctl reload sarabanwatch`, or SIGHUP. The new file is taken whole, or
refused whole and the old one goes on. Keys marked *restart* wait for `systemctl restart
sarabanwatch`; a reload takes all others.

**Secrets** are never keys. A key names a file, which is looked for in `$RUNTIME_DIRECTORY`, in
`$CREDENTIALS_DIRECTORY`, in `credentials/` beside the configuration, and beside the configuration
itself, in this order; a full path is taken as it is.
"""


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a text, a line each."""
    return tuple(" ".join(each.split()) for each in text.strip().split("\n\n"))
