"""The part of .ci/formats that needs more than a command line.

    hostile FOLDER              makes a folder with Dockerfiles that try to break out of reports
    rdjsonl REPORT... SCHEMA    holds each line against the schema
    junit REPORT... SCHEMA      reads JUnit's XML as its readers do, and holds it against the schema, where that is there
    markdown REPORT...          renders Markdown as GitHub does, and looks for what a report never holds
"""

import html.parser
import json
import pathlib
import sys

TRICKS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</details></table><h1>x</h1>", "<!-- unroot -->",
    "@octocat", "octo/app#1", "[x](https://evil.example)", "![x](https://evil.example/x.png)", "https://evil.example/bare",
    "``` x", "`` ` ``", "| a | b |", "| --- |", "# title", "]]>", "<![CDATA[", "&#x27;&lt;", '"}],"version":"9', "\\u0000\\",
    "::error file=x::y", "::set-output name=a::b", "##[error]x", "%0A::warning::z", "\x1b[31mred\x1b]8;;https://evil.example\x07link",
    "\u202eevil\u2066", "\u2028\u2029", "\ufffe\uffff", "\x00\x08\x0b\x7f\x85",
]


def hostile(folder):
    folder = pathlib.Path(folder)
    for i, trick in enumerate(TRICKS):
        quoted = json.dumps(trick)
        texts = {
            "comment": f"# {trick}\nFROM debian:12\nCMD [\"sh\"]\n",
            "user": f"FROM debian:12\nUSER {trick}\nCMD [\"sh\"]\n",
            "command": f"FROM debian:12\nCMD [\"sh\", {quoted}]\n",
            "shell": f"FROM debian:12\nRUN echo '{trick}' > /var/log/x\nCMD echo '{trick}' | tee /var/log/app.log\n",
            "base": f"ARG BASE={quoted}\nFROM ${{BASE}}\nCMD [\"sh\"]\n",
            "paths": f"FROM python:3.12\nVOLUME [{quoted}]\nWORKDIR /srv/{trick}\nCOPY . .\nCMD [\"python\", \"app.py\"]\n",
            "ignored": f"# unroot: ignore {trick}\nFROM debian:12\nCMD [\"sh\"]\n",
            "words": f"FROM debian:12\n{trick}\n",
            "health": f"FROM nginx:1.29\nEXPOSE 80\nHEALTHCHECK CMD {trick}\nENV A={quoted}\nLABEL b={quoted}\n",
        }
        for name, text in texts.items():
            path = folder / f"{i}-{name}" / "Dockerfile"
            path.parent.mkdir(parents=True)
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        # The trick as the folder's name, with line ends, as far as a name can have it.
        for name in (trick, f"a\n{trick}\nb"):
            name = name.replace("/", "_").replace("\0", "")
            path = folder / f"{i} {name}"
            path.mkdir(exist_ok=True)
            (path / "Dockerfile").write_text("FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD [\"python\", \"app.py\"]\n")
    (folder / "bytes").mkdir()
    (folder / "bytes" / "Dockerfile").write_bytes(b"FROM debian:12\n# \xff\xfe\xc3(\nCMD [\"sh\"]\n")


def rdjsonl(reports, schema):
    import jsonschema

    validator = jsonschema.Draft202012Validator(json.loads(pathlib.Path(schema).read_text()))
    count = 0
    for report in map(pathlib.Path, reports):
        # A line is what ends in a line feed, whatever else Unicode calls one.
        for line in filter(None, report.read_bytes().split(b"\n")):
            validator.validate(json.loads(line))
            count += 1
    assert count > 500, count
    print(f"{count} diagnostics")


def junit(reports, schema):
    import junitparser
    import xmlschema

    schema = xmlschema.XMLSchema(schema) if pathlib.Path(schema).exists() else None
    cases = 0
    for report in reports:
        suites = junitparser.JUnitXml.fromfile(report)
        read = [case for suite in suites for case in suite]
        failed = sum(1 for case in read if case.result)
        said = sum(suite.failures + suite.errors for suite in suites)
        assert len(read) == sum(suite.tests for suite in suites) and failed == said, report
        cases += len(read)
        if schema:
            # What pytest writes, and GitLab shows, beyond the schema: the file of a case.
            beyond = ("'file' attribute not allowed", "'line' attribute not allowed")
            errors = [error.reason for error in schema.iter_errors(report) if not error.reason.startswith(beyond)]
            assert not errors, (report, errors[:3])
    assert cases > 1000, cases
    print(f"{cases} cases")


class Reader(html.parser.HTMLParser):
    """Takes down which elements there are, and the text that is in no code."""

    def __init__(self):
        super().__init__()
        self.elements, self.targets, self.text, self.code = set(), set(), [], 0

    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        names = dict(attributes)
        self.targets.update(names[name] for name in ("href", "src") if name in names)
        assert not any(name.startswith("on") for name in names), attributes
        self.code += tag in ("code", "pre")

    def handle_endtag(self, tag):
        self.code -= tag in ("code", "pre")

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_data(self, data):
        if not self.code:
            self.text.append(data)


ELEMENTS = set("a blockquote br code details em h1 h2 h3 h4 hr li ol p pre strong sub summary table tbody td th thead tr ul".split())


def markdown(reports):
    import cmarkgfm
    from cmarkgfm.cmark import Options

    for report in reports:
        raw = pathlib.Path(report).read_bytes()
        assert not [byte for byte in raw if byte < 32 and byte not in b"\t\n\r"], report
        reader = Reader()
        reader.feed(cmarkgfm.github_flavored_markdown_to_html(raw.decode(), options=Options.CMARK_OPT_UNSAFE))
        assert reader.elements <= ELEMENTS, (report, reader.elements - ELEMENTS)
        foreign = {target for target in reader.targets if "evil" in target}
        assert not foreign, (report, foreign)
        text = "".join(reader.text)
        for word in ("@octocat", "octo/app#1"):
            assert word not in text, (report, word, text[max(0, text.index(word) - 100):][:200])
    print(f"{len(reports)} pages")


if __name__ == "__main__":
    job, *rest = sys.argv[1:]
    match job:
        case "hostile":
            hostile(*rest)
        case "rdjsonl":
            rdjsonl(rest[:-1], rest[-1])
        case "junit":
            junit(rest[:-1], rest[-1])
        case "markdown":
            markdown(rest)
