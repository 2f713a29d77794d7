#!/usr/bin/env python3
"""tfv import and tfv export, from outside: what goes in comes out again, whatever the way."""

import collections
import csv
import io
import json
import os
import pathlib
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

TFV, WRITE_EVERYTHING = (os.path.abspath(path) for path in sys.argv[1:3])
SOURCE = pathlib.Path(os.environ.get("TFV_SOURCE_ROOT", pathlib.Path(__file__).parents[2]))
DATA = pathlib.Path(os.environ.get("TFV_SHARED_DATA", "/nowhere")) / "tfevents"
KINDS = ("scalar histogram image audio text tensor pr-curve hparams mesh layout graph embedding span counter flow marker log-message run session run-metadata").split()


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def same(got, expected, of=""):
    check(got == expected, f"{of}: got\n{str(got)[:3000]}\ninstead of\n{str(expected)[:3000]}")


def tfv(*arguments, status=0):
    done = subprocess.run([TFV, *map(str, arguments)], capture_output=True, timeout=120)
    out, err = done.stdout.decode(errors="surrogateescape"), done.stderr.decode(errors="surrogateescape")
    check(done.returncode == status, f"{arguments} ended with {done.returncode}, not {status}: {err}")
    return out, err


def dump(kind, *arguments):
    return tfv("dump", f"--kind={kind}", *arguments)[0]


def same_records(got, expected, kinds=KINDS):
    for kind in kinds:
        for option in ([], ["--purge"]):
            same(dump(kind, *option, got), dump(kind, *option, expected), f"{kind} {option}")


# --- event files of TensorFlow's, made and taken apart ---------------------------------------------


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
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def event(wall_time, step, body):
    return record(b"\x09" + struct.pack("<d", wall_time) + (b"\x10" + varint(step) if step else b"") + body)


def version(number=2):
    return event(100.0, 0, field(3, b"brain.Event:%d" % number))


def value(wall_time, step, message):
    return event(wall_time, step, field(5, field(1, message)))


def simple(tag, number):
    return field(1, tag) + b"\x15" + struct.pack("<f", number)


def tensor(tag, data, plugin, more=b""):
    return field(1, tag) + field(8, data) + (field(9, field(1, field(1, plugin)) + more) if plugin else b"")


def number_tensor(number):
    return b"\x08\x01\x12\x00" + field(5, struct.pack("<f", number))


def text_tensor(*texts):
    return b"\x08\x07" + b"".join(field(8, text) for text in texts)


def start(wall_time, step):
    return event(wall_time, step, field(7, b"\x08\x01"))


def take_apart(path):
    """The summary values of a file, each with what its event has before it."""
    data = path.read_bytes()
    at, found = 0, []
    while at < len(data):
        length = struct.unpack_from("<Q", data, at)[0]
        body = data[at + 12:at + 12 + length]
        same(data[at:at + 16 + length], record(body), "checksums")
        at += 16 + length
        summary = re.fullmatch(rb"(\x09.{8}(?:\x10[\x80-\xff]*[\x00-\x7f])?)\x2a(.*)", body, re.DOTALL)
        if summary:
            found.append((summary[1], summary[2]))
    return found


def write(path, *records):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(records))


# --- the tests -------------------------------------------------------------------------------------


def every_kind_comes_through_an_import(folder):
    subprocess.run([WRITE_EVERYTHING, folder / "logs"], check=True, timeout=60)
    same(tfv("import", folder / "logs", f"--out={folder / 'copy'}"), ("", ""))
    same_records(folder / "copy", folder / "logs")
    for kind in KINDS:
        check(dump(kind, folder / "copy").count("\n") > 1, f"there is no {kind}")
    same(json.loads(tfv("ls", "--json", folder / "copy")[0])["runs"][0]["tags"], json.loads(tfv("ls", "--json", folder / "logs")[0])["runs"][0]["tags"], "tags")
    # Once more: the copy is as good as what it was made of.
    tfv("import", folder / "copy" / "everything", f"--out={folder / 'one.tfv.h5'}")
    same_records(folder / "one.tfv.h5", folder / "logs" / "everything")
    _, err = tfv("import", folder / "logs" / "again", f"--out={folder / 'two.tfv.h5'}", status=1)
    check("several writers" in err and not (folder / "two.tfv.h5").exists(), err)


def restarts_come_through(folder):
    logs = folder / "logs"
    write(logs / "sessions" / "events.out.tfevents.1.host", version(),
          *(value(step, step, simple(b"loss", step)) for step in range(10)), value(9.5, 9, tensor(b"note", text_tensor(b"old"), b"text")),
          start(10, 5), *(value(10 + step, step, simple(b"loss", -step)) for step in range(5, 8)), value(18, 7, simple(b"late", 1)),
          start(20, 6), value(21, 6, simple(b"late", 2)), value(22, 6, tensor(b"note", text_tensor(b"new"), b"")))
    write(logs / "sessions" / "events.out.tfevents.2.host", version(), value(30, 3, simple(b"other", 1)), start(31, 6), start(31, 2), value(32, 2, simple(b"loss", 7)))
    write(logs / "steps-back" / "events.out.tfevents.1.host", version(1),
          *(value(step, step % 6, simple(b"loss", step)) for step in range(15)), value(20, 3, simple(b"loss", 3)), value(21, 0, tensor(b"note", text_tensor(b"a", b"b"), b"text")),
          value(22, 9, simple(b"acc", 9)), value(23, 4, simple(b"acc", 4)))
    tfv("import", logs, f"--out={folder / 'own'}")
    same_records(folder / "own", logs)
    tfv("export", folder / "own", "--format=tfevents", f"--out={folder / 'back'}")
    same_records(folder / "back", logs)
    tfv("export", logs, "--format=tfevents", "--purge", f"--out={folder / 'purged'}")
    for kind in ("scalar", "text"):
        same(dump(kind, folder / "purged"), dump(kind, "--purge", logs), f"purged {kind}")
        same(dump(kind, "--purge", folder / "purged"), dump(kind, "--purge", logs), f"purged {kind}, once more")
    same(len(dump("scalar", "--purge", "--run=sessions", "--tag=loss", logs).split()), 4)


def values_stay_byte_for_byte(folder):
    described = field(2, b"The loss") + field(3, b"what it is about")
    messages = [
        (1.25, 0, tensor(b"loss", number_tensor(0.5), b"scalars", described)), (1.5, 1, tensor(b"loss", number_tensor(0.25), b"")),
        (1.5, 1, simple(b"plain", 3.5)), (1.75, 2, tensor(b"custom", b"\x08\x04" + field(4, b"abc"), b"my-plugin")),
        (2.0, 3, tensor(b"note", text_tensor(b"one"), b"text", described)), (2.25, 4, tensor(b"note", text_tensor(b"x", b"y"), b"")),
        (2.5, 1 << 40, field(1, b"image") + field(4, b"\x08\x01\x10\x02" + field(4, b"PNG"))), (2.75, 5, field(1, b"nothing") + field(9, field(1, field(1, b"my-plugin") + field(2, b"abc")))),
        (3.0, 6, tensor(b"wide", b"\x08\x02\x12\x00" + field(6, struct.pack("<d", 1 / 3)), b"scalars")), (3.25, 7, simple(b"gr\xc3\xb6\xc3\x9fe/" + b"long" * 60, -1))]
    write(folder / "logs" / "events.out.tfevents.1.host", version(), *(value(*message) for message in messages))
    expected = take_apart(folder / "logs" / "events.out.tfevents.1.host")
    same(len(expected), len(messages))
    for step, source in (("direct", folder / "logs"), ("through ours", folder / "own")):
        if step != "direct":
            tfv("import", folder / "logs", f"--out={source}")
        out = folder / step
        tfv("export", source, "--format=tfevents", f"--out={out}")
        files = list(out.glob("events.out.tfevents.*"))
        same(len(files), 1, "files")
        same(sorted(take_apart(files[0])), sorted(expected), step)
    # What is left of a tag brings the metadata that its first value had.
    write(folder / "logs" / "events.out.tfevents.1.host", version(), *(value(*message) for message in messages), start(4, 0), value(5, 0, tensor(b"note", text_tensor(b"x", b"y"), b"")))
    tfv("export", folder / "logs", "--format=tfevents", "--purge", "--kind=text", f"--out={folder / 'rest'}")
    check(b"The loss" in take_apart(next((folder / "rest").glob("events*")))[0][1], "the metadata are gone")


def others_data_come_through(folder):
    if not DATA.is_dir():
        return "no data of others here"
    tfv("import", DATA, f"--out={folder / 'own'}")
    same_records(folder / "own", DATA, ["scalar", "histogram", "image", "text", "tensor", "hparams", "layout", "graph", "session", "run-metadata"])
    tfv("export", folder / "own", "--format=tfevents", f"--out={folder / 'back'}")
    same_records(folder / "back", DATA, ["scalar", "histogram", "image", "text", "hparams", "layout", "graph", "session"])


def tables_of_scalars(folder):
    path = folder / "points.csv"
    path.write_text("\ufeffrun,tag,step,wall_time,value\ntrain,loss,0,100.5,0.1\ntrain,\"a,\"\"b\"\"\",-5,101.25,nan\nval,loss,1,102.5,-inf\n\ntrain,loss,2,103,1e300\n")
    same(tfv("import", path, f"--out={folder / 'long'}"), ("", ""))
    same(dump("scalar", folder / "long"), 'run,tag,step,wall_time,value\ntrain,"a,""b""",-5,101.25,nan\ntrain,loss,0,100.5,0.1\ntrain,loss,2,103,1e+300\nval,loss,1,102.5,-inf\n')
    (folder / "again.csv").write_text(dump("scalar", folder / "long"))
    tfv("import", folder / "again.csv", f"--out={folder / 'again'}")
    same(dump("scalar", folder / "again"), dump("scalar", folder / "long"))

    (folder / "wide.csv").write_text("epoch;loss;acc;_timestamp;_step\r\n0;1.5;;1700000000000;10\r\n0;;0.25;2023-11-14T22:13:21.5Z;20.0\r\n")
    tfv("import", folder / "wide.csv", f"--out={folder / 'wide.tfv.h5'}")
    same(dump("scalar", folder / "wide.tfv.h5").splitlines()[1:], [".,acc,20,1700000001.5,0.25", ".,epoch,10,1700000000,0", ".,epoch,20,1700000001.5,0", ".,loss,10,1700000000,1.5"])

    (folder / "bad.csv").write_text("step,loss,note\n1,2,hello\n2,3\n3,abc,\nx,4,\n5,6,world\n")
    _, err = tfv("import", folder / "bad.csv", f"--out={folder / 'bad'}")
    told = err.splitlines()
    same(len(told), 4, "warnings")
    for line, words in zip(told, ("line 3", "line 5: “x”", "line 4: “abc” in the column “loss”", "line 2: “hello” in the column “note” is no number; left out (and 1 more)")):
        check(words in line, f"{words} is not in {line}")
    same([row.split(",")[1:3] for row in dump("scalar", folder / "bad").split()[1:]], [["loss", "1"], ["loss", "5"]])
    for content, words in (("a,b\n1,2\n", "line 1: there is no column “step”"), ("step,x\n1,\"2\n", "line 2: a quote is not closed"), ("", "empty"), ("step,x\n", "no row")):
        (folder / "bad.csv").write_text(content)
        _, err = tfv("import", folder / "bad.csv", f"--out={folder / 'none.tfv.h5'}", status=1)
        check(words in err and len(err.splitlines()) == 1 and not (folder / "none.tfv.h5").exists(), f"{words} is not in {err}")
    _, err = tfv("import", path, f"--out={folder / 'none.tfv.h5'}", status=1)
    check("line 4: a second run" in err, err)


def damaged_and_odd_tables(folder):
    # What stands before the damage is taken.
    (folder / "cut.csv").write_text("step,x\n1,2\n2,3\n3,\"4\n4,5\n")
    for out in ("cut", "cut.tfv.h5"):
        _, err = tfv("import", folder / "cut.csv", f"--out={folder / out}", status=1)
        check("cut.csv: line 4: a quote is not closed" in err and len(err.splitlines()) == 1, err)
        same([row.split(",")[2::2] for row in dump("scalar", folder / out).split()[1:]], [["1", "2"], ["2", "3"]], out)
    # Two columns of one name are two curves; a zero byte ends no cell.
    (folder / "twice.csv").write_bytes(b"step,x,x,x.1,\n1,2,3,4,5\n2,1\x000,,,\n")
    _, err = tfv("import", folder / "twice.csv", f"--out={folder / 'twice'}")
    check("line 3: “1?0” in the column “x” is no number" in err, err)
    same([row.split(",")[1::3] for row in dump("scalar", folder / "twice").split()[1:]], [["", "5"], ["x", "2"], ["x.1", "3"], ["x.1.1", "4"]])
    # Tables of one name, from several folders, are several runs; with runs of one name, their points are all there.
    for place, number in (("one", 1), ("two", 2)):
        (folder / place).mkdir()
        (folder / place / "metrics.csv").write_text(f"step,x\n0,{number}\n")
        (folder / place / "runs.csv").write_text(f"run,step,value\nr,{number},{number}\n")
    relative = [os.path.relpath(folder / place / "metrics.csv") for place in ("one", "two")]
    tfv("import", *relative, f"--out={folder / 'metrics'}")
    same(sorted("/".join(row.split(",")[0].split("/")[-2:]) + "=" + row.split(",")[4] for row in dump("scalar", folder / "metrics").split()[1:]), ["one/metrics=1", "two/metrics=2"])
    tfv("import", folder / "one" / "runs.csv", folder / "two" / "runs.csv", f"--out={folder / 'runs'}")
    same(sorted(row.split(",")[4] for row in dump("scalar", folder / "runs").split()[1:]), ["1", "2"])
    # Nothing leads out of the folder, and nothing is waited for.
    (folder / "out.csv").write_text("run,step,value\n../../x,1,1\n/tmp/x/../y,1,2\n\"a\nb\",1,3\n")
    tfv("import", folder / "out.csv", f"--out={folder / 'inside'}")
    same(sorted(str(path.parent.relative_to(folder / "inside")) for path in (folder / "inside").rglob("*.tfv.h5")), ["a\nb", "tmp/x/y", "x"])
    os.mkfifo(folder / "pipe.csv")
    _, err = tfv("import", folder / "pipe.csv", f"--out={folder / 'none'}", status=1)
    check("pipe.csv: not a regular file" in err and not (folder / "none").exists(), err)
    (folder / "wide.csv").write_text("step" + ",x" * 200000 + "\n")
    _, err = tfv("import", folder / "wide.csv", f"--out={folder / 'none'}", status=1)
    check("line 1: the line has too many fields" in err, err)
    # A folder is one, whatever it is called.
    write(folder / "logs.csv" / "events.out.tfevents.1.host", version(), value(1.5, 1, simple(b"loss", 0.1)))
    tfv("import", folder / "logs.csv", f"--out={folder / 'logs'}")
    same(dump("scalar", folder / "logs"), dump("scalar", folder / "logs.csv"))
    check(not [path for path in folder.iterdir() if path.name.startswith(".tfv")], "something is left behind")


def runs_of_one_name_keep_their_points(folder):
    # The second and the third are called ../b/x and b/x: in a folder that nothing may leave it is the same.
    for place in ("here/w/x", "b/x", "here/b/x"):
        write(folder / place / "events.out.tfevents.1.host", version(), value(1, 1, simple(b"loss", 1)))
    for out, command in (("own", ["import"]), ("theirs", ["export", "--format=tfevents"])):
        done = subprocess.run([TFV, *command, "w/x", "../b/x", "b", f"--out={folder / out}"], cwd=folder / "here", capture_output=True, timeout=60)
        same((done.returncode, done.stderr), (0, b""), out)
        same(dump("scalar", folder / out).count(",loss,1,1,1\n"), 3, out)


def what_is_not_finished_is_no_run(folder):
    """Whoever looks at a folder into which something is imported sees it when it is whole."""
    for place in ("run", ".tfv-Abc123/run", ".hidden"):
        write(folder / place / "events.out.tfevents.1.host", version(), value(1, 1, simple(b"loss", 1)))
    same(sorted(run["name"] for run in json.loads(tfv("ls", "--json", folder)[0])["runs"]), [".hidden", "run"])
    same(dump("scalar", folder / ".tfv-Abc123"), "run,tag,step,wall_time,value\nrun,loss,1,1,1\n")


def what_is_there_stays(folder):
    write(folder / "logs" / "events.out.tfevents.1.host", version(), value(1.5, 1, simple(b"loss", 0.1)))
    (folder / "table.csv").write_text("step,x\n1,2\n")
    (folder / "mine.tfv.h5").write_text("dear")
    for source in ("logs", "table.csv"):
        _, err = tfv("import", folder / source, f"--out={folder / 'mine.tfv.h5'}", status=1)
        check("mine.tfv.h5: File exists" in err, err)
    same((folder / "mine.tfv.h5").read_text(), "dear")
    # A link to an empty folder is as good as the folder.
    (folder / "empty").mkdir()
    (folder / "link").symlink_to("empty")
    tfv("export", folder / "logs", "--format=tfevents", f"--out={folder / 'link'}")
    check((folder / "link").is_symlink() and len(list((folder / "empty").iterdir())) == 1, "nothing is in the folder")


def what_is_not_written_whole_is_not_there(folder):
    """As on a disk that is full: no file gets longer than this."""
    write(folder / "logs" / "events.out.tfevents.1.host", version(), *(value(step, step, simple(b"loss", step)) for step in range(5000)))
    (folder / "table.csv").write_text("step,x\n1,2\n")
    at = folder / "at"
    at.mkdir()
    for out, place, *arguments in (
            ("e", "e/events.out.tfevents", "export", folder / "logs", "--format=tfevents"), ("c", "c/scalar.csv", "export", folder / "logs", "--format=csv"),
            ("c.csv", "c.csv", "export", folder / "logs", "--format=csv"), ("i", "i/events.import", "import", folder / "logs"), ("i.tfv.h5", "i.tfv.h5", "import", folder / "logs"),
            ("t", "t/table/events.table", "import", folder / "table.csv")):
        done = subprocess.run([TFV, *map(str, arguments), f"--out={at / out}"], capture_output=True, timeout=60, restore_signals=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000)))
        err = done.stderr.decode()
        same(done.returncode, 1, arguments)
        check(err.startswith(f"tfv: {at / place}") and "File too large" in err and ".tfv-" not in err and len(err.splitlines()) == 1, err)
        same(list(at.iterdir()), [], "what is left behind")


def writes_tables(folder):
    write(folder / "logs" / "a" / "events.out.tfevents.1.host", version(), value(1.5, 1, simple(b"loss", 0.1)), value(2.5, 1, tensor(b"note", text_tensor(b"hi"), b"text")))
    write(folder / "logs" / "b" / "events.out.tfevents.1.host", version(), value(1.5, 1, simple(b"loss", 0.2)), value(2.5, 2, simple(b"acc", 1)))
    for form in ("csv", "json"):
        same(tfv("export", folder / "logs", f"--format={form}", f"--out={folder / form}"), ("", ""))
        same(sorted(path.name for path in (folder / form).iterdir()), [f"scalar.{form}", f"text.{form}"])
        for kind in ("scalar", "text"):
            same((folder / form / f"{kind}.{form}").read_text(), dump(kind, f"--format={form}", folder / "logs"))
    _, err = tfv("export", folder / "logs", "--format=csv", "--run=b", "--tag=l*", f"--out={folder / 'one.csv'}")
    same(((folder / "one.csv").read_text(), err), ("run,tag,step,wall_time,value\nb,loss,1,1.5,0.2\n", ""))
    _, err = tfv("export", folder / "logs", "--format=csv", f"--out={folder / 'one.csv'}")
    check("left out: text" in err and len(err.splitlines()) == 1, err)
    tfv("export", folder / "logs", "--format=json", "--kind=text", f"--out={folder / 'text.json'}")
    same([row["text"] for row in json.loads((folder / "text.json").read_text())], ["hi"])
    same(sorted(path.name for path in folder.iterdir()), ["csv", "json", "logs", "one.csv", "text.json"])


def says_what_is_wrong(folder):
    write(folder / "logs" / "a" / "events.out.tfevents.1.host", version(), value(1.5, 1, simple(b"loss", 0.1)))
    write(folder / "logs" / "b" / "events.out.tfevents.1.host", version(), value(1.5, 1, simple(b"loss", 0.1)))
    full = folder / "full"
    write(full / "file")
    for status, words, *arguments in (
            (2, "no SRC", "import"), (2, "--out", "import", folder / "logs"), (2, ".tfv.h5", "import", folder / "logs", f"--out={folder / 'x.h5'}"),
            (2, "no PATH", "export"), (2, "--format", "export", folder / "logs"), (2, "xml", "export", folder / "logs", "--format=xml"), (2, "--out", "export", folder / "logs", "--format=csv"),
            (2, "'dream'", "export", folder / "logs", "--format=csv", "--kind=scalar,dream", f"--out={folder / 'x'}"),
            (1, "one run", "import", folder / "logs", f"--out={folder / 'x.tfv.h5'}"), (1, "not empty", "import", folder / "logs", f"--out={full}"),
            (1, "not empty", "export", folder / "logs", "--format=tfevents", f"--out={full}"), (1, "Not a directory", "export", folder / "logs", "--format=tfevents", f"--out={full / 'file'}"),
            (1, "--run=c", "export", folder / "logs", "--format=csv", "--run=c", f"--out={folder / 'x'}"), (1, "nowhere", "import", folder / "nowhere", f"--out={folder / 'x'}")):
        out, err = tfv(*arguments, status=status)
        check(words in err and len(err.splitlines()) == 1 and out == "", f"{words} is not in {err}")
    same(sorted(path.name for path in folder.iterdir()), ["full", "logs"], "what is left behind")
    empty = folder / "empty"
    empty.mkdir()
    tfv("import", folder / "logs", f"--out={empty}")
    same(tfv("ls", empty), tfv("ls", folder / "logs"))


def h5py_reads_a_run_in_five_lines(folder):
    try:
        import h5py
    except ImportError:
        return "h5py is not installed"
    write(folder / "events.out.tfevents.1.host", version(), *(value(step, step, simple(b"loss", step / 4)) for step in range(4)), value(9, 1, simple(b"acc", 1)))
    tfv("import", folder, f"--out={folder / 'run.tfv.h5'}")
    text = (SOURCE / "README.md").read_text()
    example = re.search(r"```python\n(import h5py.*?)```", text, re.DOTALL)[1]
    same(len(example.strip().splitlines()), 5, "lines of the example")
    names = {}
    exec(example.replace("run.tfv.h5", str(folder / "run.tfv.h5")), names)
    same(names["curves"]["loss"].tolist(), [[0, 0], [1, 0.25], [2, 0.5], [3, 0.75]])
    return None


TESTS = {
    "every-kind-comes-through-an-import": every_kind_comes_through_an_import,
    "restarts-come-through": restarts_come_through,
    "values-stay-byte-for-byte": values_stay_byte_for_byte,
    "others-data-come-through": others_data_come_through,
    "imports-tables-of-scalars": tables_of_scalars,
    "takes-what-is-whole-of-damaged-tables": damaged_and_odd_tables,
    "runs-of-one-name-keep-their-points": runs_of_one_name_keep_their_points,
    "shows-nothing-that-is-not-finished": what_is_not_finished_is_no_run,
    "leaves-what-is-there": what_is_there_stays,
    "leaves-nothing-that-is-not-whole": what_is_not_written_whole_is_not_there,
    "writes-tables": writes_tables,
    "says-what-is-wrong": says_what_is_wrong,
    "h5py-reads-a-run-in-five-lines": h5py_reads_a_run_in_five_lines,
}


def main():
    print(f"1..{len(TESTS)}")
    failed = 0
    for number, (name, function) in enumerate(TESTS.items(), 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                skipped = function(pathlib.Path(folder))
                print(f"ok {number} /cli/import-export/{name}" + (f" # SKIP {skipped}" if skipped else ""))
            except Exception as error:
                failed += 1
                print(f"not ok {number} /cli/import-export/{name}")
                print("\n".join("# " + line for line in f"{type(error).__name__}: {error}".splitlines()))
        sys.stdout.flush()
    sys.exit(failed > 0)


main()
