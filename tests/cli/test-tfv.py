#!/usr/bin/env python3
"""The program tfv, from outside: what it prints, how it ends, on files made here and on other people's."""

import csv
import io
import json
import math
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

TFV = os.path.abspath(sys.argv[1])
DATA = pathlib.Path(os.environ.get("TFV_SHARED_DATA", "/nowhere")) / "tfevents"

# --- writing event files -------------------------------------------------------------------------


def crc_table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


CRC_TABLE = list(crc_table())


def masked_crc(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return (crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8 & 0xFFFFFFFF


def record(data):
    length = struct.pack("<Q", len(data))
    return length + struct.pack("<I", masked_crc(length)) + data + struct.pack("<I", masked_crc(data))


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def event(wall_time, step, body):
    return record(b"\x09" + struct.pack("<d", wall_time) + (b"\x10" + varint(step) if step else b"") + body)


def version():
    return event(100.0, 0, field(3, b"brain.Event:2"))


def scalar(wall_time, step, tag, value):
    """A v1 scalar."""
    return event(wall_time, step, field(5, field(1, field(1, tag) + b"\x15" + struct.pack("<f", value))))


def double_scalar(wall_time, step, tag, value):
    """A v2 scalar of doubles, which TensorBoard itself drops."""
    tensor = b"\x08\x02" + b"\x12\x00" + field(4, struct.pack("<d", value))
    metadata = field(1, field(1, b"scalars"))
    return event(wall_time, step, field(5, field(1, field(1, tag) + field(8, tensor) + field(9, metadata))))


def text(wall_time, step, tag, value):
    tensor = b"\x08\x07" + b"\x12\x00" + field(8, value)
    metadata = field(1, field(1, b"text"))
    return event(wall_time, step, field(5, field(1, field(1, tag) + field(8, tensor) + field(9, metadata))))


def histogram(wall_time, step, tag):
    histo = b"\x09" + struct.pack("<d", 0) + b"\x11" + struct.pack("<d", 1)
    return event(wall_time, step, field(5, field(1, field(1, tag) + field(5, histo))))


def image(wall_time, step, tag):
    return event(wall_time, step, field(5, field(1, field(1, tag) + field(4, b"\x08\x01\x10\x01" + field(4, b"PNG")))))


def float_pr_curve(wall_time, step, tag, *numbers):
    """A curve of one threshold, in float32 as TensorBoard writes it."""
    shape = field(2, b"\x08\x06") + field(2, b"\x08\x01")
    tensor = b"\x08\x01" + field(2, shape) + field(4, struct.pack("<6f", *numbers))
    metadata = field(1, field(1, b"pr_curves"))
    return event(wall_time, step, field(5, field(1, field(1, tag) + field(8, tensor) + field(9, metadata))))


def restart(wall_time, step):
    return event(wall_time, step, field(7, b"\x08\x01"))


def write(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(records))


def example(folder):
    write(folder / "train" / "events.out.tfevents.100.host",
          version(),
          scalar(101.5, 0, b"loss", 0.1), scalar(102.5, 1, b"loss", float("nan")), scalar(103.25, 2, b"loss", float("inf")),
          restart(104.0, 1),
          scalar(104.5, 1, b"loss", -2.5), scalar(105.5, 2, b"loss", 3e-8),
          double_scalar(106.125, 7, b"exact/1,3", 1 / 3),
          text(107.0, 3, b"note", b'He said "hello",\nand left'))
    write(folder / "val" / "deep" / "events.out.tfevents.200.host",
          version(), scalar(201.5, 0, b"loss", 16777216), scalar(202.5, -5, "größe".encode(), 1), histogram(203.5, 9, b"weights"))


# --- running it ----------------------------------------------------------------------------------


def tfv(*arguments, status=0, **options):
    done = subprocess.run([TFV, *map(str, arguments)], capture_output=True, timeout=60, **options)
    out, err = done.stdout.decode(errors="surrogateescape"), done.stderr.decode(errors="surrogateescape")
    check(done.returncode == status, f"{arguments} ended with {done.returncode}, not {status}: {err}")
    return out, err


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def same(got, expected):
    check(got == expected, f"got\n{got}\ninstead of\n{expected}")


def strict_json(data):
    def refuse(word):
        raise AssertionError(f"{word} is no JSON")
    return json.loads(data, parse_constant=refuse)


def one_line(err, *words):
    lines = err.splitlines()
    check(len(lines) == 1 and lines[0].startswith("tfv: ") and all(word in lines[0] for word in words), f"not one line with {words}: {err!r}")


# --- the tests -----------------------------------------------------------------------------------


def helps(folder):
    out, err = tfv("--help")
    check("  ls " in out and "  dump " in out and not err, out)
    for command in ("ls", "dump"):
        out, err = tfv(command, "--help")
        check(out.startswith(f"Usage:\n  tfv {command} [OPTION…] PATH…\n") and not err, out)
    listed = [line for line in tfv("dump", "--help")[0].splitlines() if " run," in line and line.startswith("  ")]
    check(any(line.endswith(" run,tag,step,wall_time,value") for line in listed), "dump --help does not tell the columns")
    same(len({line.index(" run,") for line in listed}), 1)
    out, _ = tfv("ls", "--help")
    for key in ("warnings", "last_step", "lanes"):
        check(key in out, f"ls --help does not tell {key}")
    check(tfv("--version")[0].startswith("tfv "), "no version")


def refuses_wrong_usage(folder):
    for arguments, words in (
            ((), ["--help"]), (("frobnicate",), ["frobnicate"]), (("--frobnicate",), ["--frobnicate"]),
            (("ls",), ["PATH"]), (("ls", "--frob", folder), ["--frob"]), (("dump", folder), ["--kind"]),
            (("dump", "--kind=scalar"), ["PATH"]), (("dump", "--kind=frob", folder), ["frob"]), (("dump", "--kind=none", folder), ["none"]),
            (("dump", "--kind=scalar", "--format=xml", folder), ["xml"])):
        out, err = tfv(*arguments, status=2)
        same(out, "")
        one_line(err, *words)


def lists(folder):
    example(folder)
    out, err = tfv("ls", folder)
    same(err, "")
    same(out, """\
RUN       KIND       COUNT  SUPERSEDED  FIRST  LAST  TAG
train     scalar         1           0      7     7  exact/1,3
train     scalar         5           2      0     2  loss
train     text           1           0      3     3  note
train     session        1           0      1     1  session
val/deep  scalar         1           0     -5    -5  größe
val/deep  scalar         1           0      0     0  loss
val/deep  histogram      1           0      9     9  weights
""")
    same(tfv("ls", folder / "val"), ("""\
RUN   KIND       COUNT  FIRST  LAST  TAG
deep  scalar         1     -5    -5  größe
deep  scalar         1      0     0  loss
deep  histogram      1      9     9  weights
""", ""))


def lists_as_json(folder):
    example(folder)
    out, err = tfv("ls", "--json", folder)
    runs = strict_json(out)["runs"]
    same([run["name"] for run in runs], ["train", "val/deep"])
    same(set(runs[0]), {"name", "files", "tags", "devices", "graphs", "counters", "flows", "markers", "warnings"})
    same([os.path.basename(f) for f in runs[0]["files"]], ["events.out.tfevents.100.host"])
    check(all(os.path.exists(f) for f in runs[0]["files"]), "files are not there")
    same(runs[0]["tags"], [
        {"tag": "exact/1,3", "kind": "scalar", "plugin": "scalars", "count": 1, "first_step": 7, "last_step": 7, "superseded": 0},
        {"tag": "loss", "kind": "scalar", "plugin": "scalars", "count": 5, "first_step": 0, "last_step": 2, "superseded": 2},
        {"tag": "note", "kind": "text", "plugin": "text", "count": 1, "first_step": 3, "last_step": 3, "superseded": 0},
        {"tag": "session", "kind": "session", "plugin": "", "count": 1, "first_step": 1, "last_step": 1, "superseded": 0}])
    same([tag["plugin"] for tag in runs[1]["tags"]], ["scalars", "scalars", "histograms"])
    same((runs[0]["devices"], runs[0]["graphs"], runs[0]["warnings"]), ([], 0, []))


def dumps(folder):
    example(folder)
    out, err = tfv("dump", "--kind=scalar", folder)
    same(err, "")
    same(out, """\
run,tag,step,wall_time,value
train,"exact/1,3",7,106.125,0.3333333333333333
train,loss,0,101.5,0.1
train,loss,1,102.5,nan
train,loss,2,103.25,inf
train,loss,1,104.5,-2.5
train,loss,2,105.5,3e-08
val/deep,größe,-5,202.5,1
val/deep,loss,0,201.5,16777216
""")
    out, _ = tfv("dump", "--kind=text", folder)
    rows = list(csv.reader(io.StringIO(out, newline="")))
    same(rows[1], ["train", "note", "3", "107", 'He said "hello",\nand left'])


def dumps_as_json(folder):
    example(folder)
    rows = strict_json(tfv("dump", "--kind=scalar", "--format=json", folder)[0])
    same(len(rows), 8)
    same(rows[0], {"run": "train", "tag": "exact/1,3", "step": 7, "wall_time": 106.125, "value": 1 / 3})
    same([row["value"] for row in rows[2:4]], ["nan", "inf"])
    same(strict_json(tfv("dump", "--kind=scalar", "--format=json", "--tag=nothing", folder)[0]), [])


def filters(folder):
    example(folder)

    def tags(*options):
        return [tuple(row[:2]) for row in list(csv.reader(io.StringIO(tfv("dump", "--kind=scalar", *options, folder)[0])))[1:]]
    same(tags("--run=val*"), [("val/deep", "größe"), ("val/deep", "loss")])
    same(tags("--run=*deep", "--tag=gr??e"), [("val/deep", "größe")])
    same(tags("--tag=exact*"), [("train", "exact/1,3")])
    same(tags("--run=nothing"), [])


def tells_of_globs_that_match_nothing(folder):
    example(folder)
    head = "run,tag,step,wall_time,value\n"
    for options, told in (
            (["--tag=nope"], "--tag=nope"), (["--run=nope"], "--run=nope"),
            (["--run=nope", "--tag=loss"], "--run=nope"), (["--run=val*", "--tag=exact*"], "--run=val* --tag=exact*")):
        same(tfv("dump", "--kind=scalar", *options, folder), (head, f"tfv: nothing matches {told}\n"))
    same(tfv("dump", "--kind=span", folder)[1], "")
    same(tfv("dump", "--kind=scalar", "--tag=loss", folder)[1], "")


def purges(folder):
    example(folder)
    out, _ = tfv("dump", "--kind=scalar", "--purge", "--tag=loss", "--run=train", folder)
    same(out, "run,tag,step,wall_time,value\ntrain,loss,0,101.5,0.1\ntrain,loss,1,104.5,-2.5\ntrain,loss,2,105.5,3e-08\n")


def purges_every_kind(folder):
    path = folder / "events.out.tfevents.1.host"
    write(path, version(), text(1.0, 0, b"note", b"zero"), text(2.0, 5, b"note", b"old"), image(2.5, 5, b"sample"), restart(3.0, 4), text(4.0, 4, b"note", b"new"))
    write(folder / "events.out.tfevents.2.host", version(), text(5.0, 9, b"note", b"last"), restart(6.0, 7), text(7.0, 7, b"note", b"end"))

    def texts(*options):
        return [row[4] for row in list(csv.reader(io.StringIO(tfv("dump", "--kind=text", *options, folder)[0])))[1:]]
    same(texts(), ["zero", "old", "new", "last", "end"])
    same(texts("--purge"), ["zero", "new", "end"])
    same(tfv("dump", "--kind=image", "--purge", folder)[0].count("\n"), 1)
    same([row.split(",")[3] for row in tfv("dump", "--kind=session", "--purge", folder)[0].split()], ["status", "start", "start"])
    # A file of before sessions: a summary of an earlier step supersedes what its own tag held from there on.
    write(path, text(1.0, 3, b"note", b"old"), text(1.5, 4, b"other", b"kept"), text(2.0, 2, b"note", b"new"))
    os.remove(folder / "events.out.tfevents.2.host")
    same(texts(), ["old", "new", "kept"])
    same(texts("--purge"), ["new", "kept"])


def gives_other_kinds_as_stored(folder):
    example(folder)
    write(folder / "val" / "deep" / "events.out.tfevents.300.host", version(), image(301.5, 9, b"sample"))
    rows = strict_json(tfv("dump", "--kind=image", "--format=json", folder)[0])
    same([(row["run"], row["tag"], row["step"]) for row in rows], [("val/deep", "sample", 9)])
    check(rows[0]["bytes"] > 0 and rows[0]["data"], "no data")


def gives_a_curve_the_digits_of_its_type(folder):
    write(folder / "events.out.tfevents.1.host", version(), float_pr_curve(1.5, 3, b"curve", 54, 46, 0, 0, 0.54, 1))
    out, err = tfv("dump", "--kind=pr-curve", folder)
    same((out.splitlines()[1:], err), ([".,curve,3,1.5,0,54,46,0,0,0.54,1"], ""))


def names_a_single_file(folder):
    example(folder)
    path = folder / "train" / "events.out.tfevents.100.host"
    same([run["name"] for run in strict_json(tfv("ls", "--json", path)[0])["runs"]], ["."])
    same([run["name"] for run in strict_json(tfv("ls", "--json", folder / "train")[0])["runs"]], ["."])


def gives_what_is_whole(folder):
    path = folder / "events.out.tfevents.1.host"
    good = scalar(1.5, 1, b"loss", 1) + scalar(2.5, 2, b"loss", 2)
    write(path, version(), good, scalar(3.5, 3, b"loss", 3)[:-7])
    out, err = tfv("dump", "--kind=scalar", folder)
    same(out, "run,tag,step,wall_time,value\n.,loss,1,1.5,1\n.,loss,2,2.5,2\n")
    one_line(err, "warning", str(path))
    warnings = strict_json(tfv("ls", "--json", folder)[0])["runs"][0]["warnings"]
    same(len(warnings), 1)

    bad = bytearray(good)
    bad[25] ^= 1
    write(path, version(), bytes(bad))
    out, err = tfv("dump", "--kind=scalar", folder)
    same(out, "run,tag,step,wall_time,value\n.,loss,2,2.5,2\n")
    one_line(err, "warning", str(path))


def tells_of_what_is_not_there(folder):
    example(folder)
    out, err = tfv("ls", folder / "no-such", status=1)
    same(out, "")
    one_line(err, "no-such")
    out, err = tfv("dump", "--kind=scalar", folder / "no-such", folder / "val", status=1)
    one_line(err, "no-such")
    check("größe" in out, "what can be read was not given")


def goes_on_past_what_is_no_file(folder):
    example(folder)
    pipe, zeros = folder / "pipe.tfevents", folder / "zeros.tfevents"
    os.mkfifo(pipe)
    zeros.symlink_to("/dev/zero")
    for odd in (pipe, zeros):
        out, err = tfv("dump", "--kind=scalar", odd, folder / "val", status=1)
        one_line(err, "neither a file nor a folder", odd.name)
        check("größe" in out, "what can be read was not given")
    same(sorted(tfv("ls", folder)[1].splitlines()), [f"tfv: warning: {odd}: not a regular file" for odd in (pipe, zeros)])


def reads_a_file_once(folder):
    example(folder)
    path = folder / "train" / "events.out.tfevents.100.host"
    same(tfv("ls", path, folder / "val" / ".." / "train" / path.name), tfv("ls", path))


def takes_what_follows_two_dashes_as_paths(folder):
    example(folder)
    (folder / "val").rename(folder / "-val")
    for before in ((), ("train",)):
        check("größe" in tfv("ls", *before, "--", "-val", cwd=folder)[0], f"{before} -- -val was not read")


def tells_of_an_empty_file(folder):
    write(folder / "events.out.tfevents.1.host", b"")
    one_line(tfv("ls", folder)[1], "warning", "the file is empty")


def refuses_foreign_files(folder):
    write(folder / "letter.txt", b"Dear Sir or Madam, this is no event file at all.\n" * 10)
    out, err = tfv("ls", folder / "letter.txt", status=1)
    same(out, "")
    one_line(err, "letter.txt")


def lists_an_empty_folder(folder):
    out, err = tfv("ls", "--json", folder)
    same(strict_json(out), {"runs": []})
    one_line(err, "warning", "there are no event files")
    same(tfv("dump", "--kind=scalar", folder)[0], "run,tag,step,wall_time,value\n")


def ends_with_its_reader(folder):
    write(folder / "events.out.tfevents.1.host", version(), *(scalar(i, i, b"loss", i) for i in range(20000)))
    for arguments in (("ls", folder), ("dump", "--kind=scalar", folder)):
        with subprocess.Popen([TFV, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.read(3)
            process.stdout.close()
            err = process.stderr.read()
            same((process.wait(60), err), (0, b""))


def tells_of_a_full_disk(folder):
    example(folder)
    with open("/dev/full", "wb") as full:
        done = subprocess.run([TFV, "ls", folder], stdout=full, stderr=subprocess.PIPE, timeout=60)
    same(done.returncode, 1)
    one_line(done.stderr.decode(), "No space left")


def knows_no_locale(folder):
    example(folder)
    plain = tfv("dump", "--kind=scalar", folder)
    for locale in ("C", "de_DE.UTF-8", "tr_TR.UTF-8"):
        same(tfv("dump", "--kind=scalar", folder, env={**os.environ, "LC_ALL": locale, "LANGUAGE": "de"}), plain)


# --- other people's files ------------------------------------------------------------------------


def checks(folder):
    path = folder / "events.out.tfevents.1"
    write(path, version(), scalar(1, 1, b"loss", 1.0))
    out, err = tfv("check", str(path))
    check("2 whole records, 0 with a wrong checksum" in out and not err, out)
    whole = path.read_bytes()
    path.write_bytes(whole + scalar(1, 2, b"loss", 2.0)[:-3])
    out, err = tfv("check", str(path), status=1)
    check(f"problem: byte {len(whole)}: the file ends inside a record" in out, out)
    report = strict_json(tfv("check", "--json", str(path), status=1)[0])["files"][0]
    same((report["whole"], report["records"], report["half_record"], len(report["problems"])), (False, 2, len(whole), 1))
    (folder / "letter").write_text("Dear reader, this is none.")
    out, err = tfv("check", str(folder / "letter"), str(path), status=1)
    check("not an event file" in err and "2 whole records" in out, err)
    for command in ("check", "repair"):
        one_line(tfv(command, str(folder), status=1)[1], "is a folder; give the files in it")


def repairs(folder):
    path, copy = folder / "events.out.tfevents.1", folder / "copy"
    write(path, version(), scalar(1, 1, b"loss", 1.0))
    whole = path.read_bytes()
    damaged = whole + scalar(1, 2, b"loss", 2.0)[:-3]
    path.write_bytes(damaged)
    one_line(tfv("repair", str(path), status=1)[1], "ends inside a record")
    same(path.read_bytes(), damaged)
    check("2 whole records copied" in tfv("repair", f"--out={copy}", str(path))[0], "no copy")
    same(copy.read_bytes(), whole)
    one_line(tfv("repair", f"--out={copy}", str(path), status=1)[1], "can't be made")
    one_line(tfv("repair", "--cut-tail", str(path), status=1)[1], "less than a minute ago")
    os.utime(path, (1, 1))
    check("cut off" in tfv("repair", "--cut-tail", str(path))[0], "nothing cut")
    same(path.read_bytes(), whole)
    check("nothing had to be mended" in tfv("repair", str(path))[0], "mended what is whole")


def same_number(text, value):
    """Whether what was printed reads as `value`, as a double or, where it was stored so, as a float32."""
    number = float(text)
    if math.isnan(value) or math.isinf(value):
        return repr(number) == repr(value)
    return number == value or struct.unpack("<f", struct.pack("<f", number))[0] == value


def equals_an_independent_reader(folder):
    paths = sorted(p for p in DATA.rglob("*") if p.is_file() and "tfevents" in p.name)
    reader = pathlib.Path(__file__).parents[1] / "summaries" / "reference-tfevents.py"
    lines = subprocess.run([sys.executable, reader, *paths], capture_output=True, text=True, check=True).stdout.splitlines()
    expected, points = {}, None
    for line in lines:
        parts = line.split("\t")
        if len(parts) == 1:
            points = expected.setdefault(line, {})
        else:
            points.setdefault(bytes.fromhex(parts[0]).decode(errors="replace"), []).append((int(parts[1]), *map(float.fromhex, parts[2:])))
    same(len(expected), len(paths))

    n_points = 0
    for path, tags in expected.items():
        got = {}
        for row in strict_json(tfv("dump", "--kind=scalar", "--format=json", path)[0]):
            got.setdefault(row["tag"], []).append(row)
        same(sorted(got), sorted(tags))
        for tag, points in tags.items():
            same([row["step"] for row in got[tag]], [step for step, _, _ in points])
            for row, (_, wall_time, value) in zip(got[tag], points):
                check(row["wall_time"] == wall_time and same_number(row["value"], value), f"{path}: {tag}: {row} instead of {value}")
                n_points += 1
    print(f"# {n_points} points compared")
    check(n_points > 1000, f"only {n_points} points")


def lists_everything(folder):
    out, _ = tfv("ls", "--json", DATA)
    runs = strict_json(out)["runs"]
    check(len(runs) > 5, f"only {len(runs)} runs")
    for run in runs:
        for tag in run["tags"]:
            check(tag["count"] > 0 and tag["kind"] and isinstance(tag["plugin"], str), f"{run['name']}: {tag}")


TESTS = {
    "helps": helps,
    "refuses-wrong-usage": refuses_wrong_usage,
    "lists-runs-and-tags": lists,
    "lists-as-json": lists_as_json,
    "dumps-scalars-and-texts": dumps,
    "dumps-as-json": dumps_as_json,
    "filters-runs-and-tags": filters,
    "tells-of-globs-that-match-nothing": tells_of_globs_that_match_nothing,
    "purges-as-tensorboard-does": purges,
    "purges-every-kind": purges_every_kind,
    "gives-other-kinds-as-they-are-stored": gives_other_kinds_as_stored,
    "gives-a-curve-the-digits-of-its-type": gives_a_curve_the_digits_of_its_type,
    "calls-a-single-file-dot": names_a_single_file,
    "gives-what-is-whole-of-a-damaged-file": gives_what_is_whole,
    "tells-of-what-is-not-there-and-goes-on": tells_of_what_is_not_there,
    "goes-on-past-what-is-no-file": goes_on_past_what_is_no_file,
    "reads-a-file-once": reads_a_file_once,
    "takes-what-follows-two-dashes-as-paths": takes_what_follows_two_dashes_as_paths,
    "tells-of-an-empty-file": tells_of_an_empty_file,
    "refuses-foreign-files": refuses_foreign_files,
    "lists-an-empty-folder": lists_an_empty_folder,
    "ends-when-its-reader-does": ends_with_its_reader,
    "tells-of-a-full-disk": tells_of_a_full_disk,
    "checks-files": checks,
    "repairs-files": repairs,
    "knows-no-locale": knows_no_locale,
}
TESTS_OF_DATA = {
    "equals-an-independent-reader": equals_an_independent_reader,
    "lists-everything-there-is": lists_everything,
}


def main():
    failed = False
    print(f"1..{len(TESTS) + len(TESTS_OF_DATA)}")
    for number, (name, function) in enumerate({**TESTS, **TESTS_OF_DATA}.items(), 1):
        if name in TESTS_OF_DATA and not DATA.is_dir():
            print(f"ok {number} /cli/tfv/{name} # SKIP no {DATA}")
            continue
        with tempfile.TemporaryDirectory(prefix="tfv-test-") as folder:
            try:
                function(pathlib.Path(folder))
                print(f"ok {number} /cli/tfv/{name}")
            except Exception as error:  # any of them is a failed test, and the next is tried
                failed = True
                print(f"not ok {number} /cli/tfv/{name}")
                for line in f"{type(error).__name__}: {error}".splitlines():
                    print(f"# {line}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
