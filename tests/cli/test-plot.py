#!/usr/bin/env python3
"""tfv plot, from outside: the pictures that it makes, looked at as pictures."""

import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
import zlib

TFV = os.path.abspath(sys.argv[1])
# The window's colours of the first three runs, light and dark.
LIGHT = [(0x04, 0x82, 0xE5), (0xA5, 0x25, 0x00), (0x26, 0xA8, 0x68)]
DARK = [(0x55, 0x7F, 0xCD), (0xE2, 0x60, 0x2F), (0x34, 0xDE, 0x8F)]


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def same(got, expected, of=""):
    check(got == expected, f"{of}: got\n{str(got)[:3000]}\ninstead of\n{str(expected)[:3000]}")


def plot(*arguments, status=0, cwd=None):
    done = subprocess.run([TFV, "plot", *map(str, arguments)], capture_output=True, timeout=60, cwd=cwd)
    error = done.stderr.decode()
    check(done.returncode == status, f"{arguments} ended with {done.returncode}, not {status}: {error}")
    same(done.stdout, b"", "standard output")
    check(status == 0 or len(error.splitlines()) == 1, f"no single line: {error}")
    return error


# --- event files of TensorFlow's ---------------------------------------------------------------------


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
    return struct.pack("<I", (crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8 & 0xFFFFFFFF)


def varint(value):
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def event(step, body):
    data = b"\x09" + struct.pack("<d", 1.7e9 + step) + b"\x10" + varint(step) + body
    length = struct.pack("<Q", len(data))
    return length + masked_crc(length) + data + masked_crc(data)


def scalar(tag, step, number):
    return event(step, field(5, field(1, field(1, tag.encode()) + b"\x15" + struct.pack("<f", number))))


def start(step):
    return event(step, field(7, b"\x08\x01"))


def write(path, *events):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join([event(0, field(3, b"brain.Event:2")), *events]))


def write_line(folder, run, *points, tag="loss"):
    write(folder / run / f"events.out.tfevents.1.{tag.replace('/', '-')}", *(scalar(tag, step, value) for step, value in points))


# --- pictures ------------------------------------------------------------------------------------------


class Picture:
    """A PNG of 8 bits for each of red, green and blue, as cairo writes it."""

    def __init__(self, path):
        data = path.read_bytes()
        same(data[:8], b"\x89PNG\r\n\x1a\n", "signature")
        self.width, self.height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", data[16:29])
        same((depth, kind, interlace), (8, 2, 0), "kind of PNG")
        packed, at = b"", 8
        while at < len(data):
            (length,) = struct.unpack(">I", data[at : at + 4])
            packed += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
            at += 12 + length
        self.rows = list(self.unfilter(zlib.decompress(packed)))

    def unfilter(self, raw):
        above = bytes(self.width * 3)
        for at in range(0, len(raw), self.width * 3 + 1):
            kind, row = raw[at], bytearray(raw[at + 1 : at + 1 + self.width * 3])
            for i in range(len(row) if kind else 0):
                left, corner = (row[i - 3], above[i - 3]) if i > 2 else (0, 0)
                if kind == 4:
                    guess = min((left, above[i], corner), key=lambda value, p=left + above[i] - corner: abs(p - value))
                else:
                    guess = (0, left, above[i], (left + above[i]) // 2)[kind]
                row[i] = row[i] + guess & 0xFF
            above = bytes(row)
            yield above

    def at(self, x, y):
        return tuple(self.rows[y][3 * x : 3 * x + 3])

    def count(self, color, left=0.0, top=0.0, right=1.0, bottom=1.0):
        """How many pixels have a colour, or nearly, in a part of the picture."""
        n = 0
        for row in self.rows[int(top * self.height) : int(bottom * self.height)]:
            for x in range(int(left * self.width), int(right * self.width)):
                n += all(abs(row[3 * x + i] - color[i]) <= 3 for i in range(3))
        return n


def two_runs(folder):
    write_line(folder, "run-10", (0, 0.0), (100, 10.0))
    write_line(folder, "run-2", (0, 10.0), (100, 0.0))
    return folder


# --- the tests -----------------------------------------------------------------------------------------


def draws_runs_in_their_colours(folder):
    """run-2 comes before run-10, and falls where that rises."""
    plot(two_runs(folder / "logs"), "--out", folder / "a.png", "--size=400x300")
    picture = Picture(folder / "a.png")
    same((picture.width, picture.height), (400, 300), "size")
    same(picture.at(0, 0), (255, 255, 255), "ground")
    same(picture.at(399, 299), (255, 255, 255), "ground")
    for color, above, below in zip(LIGHT, (0.1, 0.5), (0.5, 0.1)):
        check(picture.count(color, 0.1, above, 0.5, above + 0.3) > 0 or above == 0.5, f"no {color} on the upper left")
        check((picture.count(color, 0.1, 0.12, 0.35, 0.35) > 20) == (above < below), f"{color} is not where it belongs, on the left")
        check((picture.count(color, 0.65, 0.12, 1, 0.35) > 20) == (above > below), f"{color} is not where it belongs, on the right")
        check(picture.count(color, 0, 0.85, 1, 1) >= 10, f"{color} is not in the legend")
    same(picture.count(LIGHT[2]), 0, "a third colour")


def keeps_the_colour_of_a_run(folder):
    """It is that of the window, with all runs open."""
    plot(two_runs(folder / "logs"), "--run=run-10", "--out", folder / "a.png", "--size=400x300")
    picture = Picture(folder / "a.png")
    check(picture.count(LIGHT[1]) > 50, "no curve")
    same(picture.count(LIGHT[0]), 0, "the other run")


def draws_on_a_dark_ground_at_twice_the_size(folder):
    plot(two_runs(folder / "logs"), "--out", folder / "a.png", "--size=300x240", "--scale=2", "--dark")
    picture = Picture(folder / "a.png")
    same((picture.width, picture.height), (600, 480), "size")
    check(max(picture.at(0, 0)) < 64, "the ground is not dark")
    check(picture.count(DARK[0]) > 50 and picture.count(DARK[1]) > 50, "no curves")


def lays_tags_out_in_a_grid(folder):
    for tag in ("a", "b", "c", "group/d", "group/e"):
        write_line(folder / "logs", "train", (0, 1.0), (10, 2.0), tag=tag)
    plot(folder / "logs", "--out", folder / "a.png")
    plot(folder / "logs", "--out", folder / "column.png", "--columns=1", "--tag=a", "--tag=group/*")
    grid, column = Picture(folder / "a.png"), Picture(folder / "column.png")
    check(grid.width > 2.5 * column.width and grid.height < column.height, "no grid of three columns, or no column of three")
    for row in range(2):
        for place in range(3):
            part = grid.count(LIGHT[0], place / 3, row * 0.45, (place + 1) / 3, row * 0.45 + 0.44)
            check((part > 50) == (row * 3 + place < 5), f"{part} pixels of the curve in row {row}, place {place}")


def orders_tags_as_the_window(folder):
    """Those without a group first, groups one after the other, numbers by their value."""
    tags = ["plain", "a/step-2", "a/step-10", "a/x/y", "a-b/x"]
    for tag in reversed(tags):
        write_line(folder / "logs", "run", (0, 1.0), (1, 2.0), tag=tag)
    plot(folder / "logs", "--out", folder / "all.png", "--columns=1", "--size=300x700")
    rows, places = Picture(folder / "all.png").rows, []
    for tag in tags:
        plot(folder / "logs", "--out", folder / "one.png", f"--tag={tag}", "--size=300x200")
        title = Picture(folder / "one.png").rows[:25]
        places.append([at for at in range(len(rows) - 25) if rows[at : at + 25] == title])
        same(len(places[-1]), 1, f"titles that say {tag}")
    same(places, sorted(places), "places from above")


def leaves_out_what_a_restart_superseded(folder):
    first = [scalar("loss", step, 9.0) for step in range(0, 100)]
    second = [scalar("loss", step, 1.0) for step in range(50, 100)]
    write(folder / "logs" / "run" / "events.out.tfevents.1.host", start(0), *first, start(50), *second)
    plot(folder / "logs", "--out", folder / "a.png", "--size=400x300")
    plot(folder / "logs", "--out", folder / "all.png", "--size=400x300", "--all")
    same(Picture(folder / "a.png").count(LIGHT[0], 0.7, 0.1, 1, 0.4), 0, "pixels of superseded points")
    check(Picture(folder / "all.png").count(LIGHT[0], 0.7, 0.1, 1, 0.4) > 20, "no superseded points")


def smooths_in_four_ways(folder):
    """A step upwards becomes a slope."""
    write_line(folder / "logs", "run", *((step, 10.0 * (step >= 100)) for step in range(200)))
    for smoothing in ("0", "0.99", "half-life:50", "mean:100", "gaussian:40"):
        plot(folder / "logs", "--out", folder / "a.png", "--size=400x300", f"--smoothing={smoothing}")
        part = Picture(folder / "a.png").count(LIGHT[0], 0.6, 0.2, 0.95, 0.65)
        check((part > 10) == (smoothing != "0"), f"--smoothing={smoothing}: {part} pixels on the slope")


def shows_every_kind_of_axis(folder):
    write_line(folder / "logs", "run", *((step, 10.0 ** (step / 20) - 1) for step in range(0, 101)))
    pictures = set()
    for options in ([], ["--log-y"], ["--symlog"], ["--log-x"], ["--x=relative"], ["--x=relative", "--log-x"], ["--x=wall"], ["--ignore-outliers"]):
        plot(folder / "logs", "--out", folder / "a.png", "--size=400x300", *options)
        check(Picture(folder / "a.png").count(LIGHT[0], 0, 0, 1, 0.8) > 100, f"{options}: no curve")
        pictures.add((folder / "a.png").read_bytes())
    same(len(pictures), 8, "different pictures")


def shows_what_is_no_number(folder):
    write_line(folder / "logs", "run", (0, float("nan")), (1, float("inf")), tag="nothing")
    write_line(folder / "logs", "run", (5, 1.0), tag="one point")
    plot(folder / "logs", "--out", folder / "a.png")
    picture = Picture(folder / "a.png")
    check(picture.count(LIGHT[0], 0, 0, 0.5, 0.85) > 5 and picture.count(LIGHT[0], 0.5, 0, 1, 0.85) > 5, "no marks")


def writes_documents(folder):
    two_runs(folder / "logs")
    plot(folder / "logs", "--out", folder / "a.SVG", "--size=640x400", "--smoothing=0.5")
    root = xml.etree.ElementTree.parse(folder / "a.SVG").getroot()
    same(root.tag, "{http://www.w3.org/2000/svg}svg", "root")
    same(root.get("viewBox"), "0 0 640 400", "view box")
    check(not list(root.iter("{http://www.w3.org/2000/svg}image")), "curves are pixels")
    strokes = [" ".join([path.get("style") or "", f"stroke:{path.get('stroke')}"]) for path in root.iter("{http://www.w3.org/2000/svg}path")]
    # Each curve once as it was logged and once smoothed, in the blue of 0x0482e5.
    same(sum(bool(re.search(r"stroke:\s*rgb\(1\.5\d*%", stroke)) for stroke in strokes), 2, f"blue lines of {strokes}")
    plot(folder / "logs", "--out", folder / "a.pdf", "--size=640x400")
    data = (folder / "a.pdf").read_bytes()
    check(data.startswith(b"%PDF-1.") and data.rstrip().endswith(b"%%EOF"), "no whole PDF")
    check(b"/ObjStm" in data or re.search(rb"/MediaBox\s*\[\s*0 0 640 400\s*\]", data), "page size")
    check(b"/Subtype /Image" not in data, "curves are pixels")


def names_many_runs(folder):
    """A legend leaves the charts most of the room, and tells how many runs it leaves out."""
    for run in range(120):
        write_line(folder / "logs", f"a-run-with-quite-a-long-name-{run}", (0, float(run)), (1, float(run)))
    plot(folder / "logs", "--out", folder / "a.png", "--size=500x400")
    picture = Picture(folder / "a.png")
    check(picture.count(LIGHT[0], 0, 0, 1, 0.6) > 200, "no room for curves")
    check("leaves each chart less room" in plot(folder / "logs", "--out", folder / "b.png", "--size=100x100", status=1), "no word of the room")
    check(not (folder / "b.png").exists(), "a picture nevertheless")


def reads_what_is_there(folder):
    two_runs(folder / "logs")
    error = plot(folder / "logs", folder / "absent", "--out", folder / "a.png", status=1)
    check("absent: No such file" in error, error)
    check(Picture(folder / "a.png").count(LIGHT[1]) > 50, "the other PATH is not drawn")


def draws_what_lies_compacted(folder):
    """Points that are read from the file only when they are wanted."""
    write_line(folder / "logs", "run", *((step, float(step % 7)) for step in range(500)))
    for arguments in (["import", folder / "logs", f"--out={folder / 'own'}"], ["compact", folder / "own"]):
        subprocess.run([TFV, *arguments], check=True, capture_output=True, timeout=60)
    for name in ("logs", "own"):
        plot(folder / name, "--out", folder / f"{name}.png", "--smoothing=mean:5", "--scale=1.5")
    check(Picture(folder / "logs.png").count(LIGHT[0]) > 500, "no curve")
    same((folder / "own.png").read_bytes() == (folder / "logs.png").read_bytes(), True, "the same picture")


def tells_when_there_is_nothing(folder):
    two_runs(folder / "logs")
    (folder / "a.png").write_text("older")
    same(plot(folder / "logs", "--tag=nosuch", "--tag=other", "--out", folder / "a.png", status=1), "tfv: no scalars match --tag=nosuch --tag=other\n")
    same(plot(folder / "logs", "--run=x", "--out", folder / "a.png", status=1), "tfv: no scalars match --run=x\n")
    same((folder / "a.png").read_text(), "older", "the file that was there")


def replaces_a_file_whole(folder):
    two_runs(folder / "logs")
    check("/nowhere/at/all.png: No such file" in plot(folder / "logs", "--out=/nowhere/at/all.png", status=1), "no word")
    (folder / "dir.png").mkdir()
    check("dir.png: Is a directory" in plot(folder / "logs", "--out", folder / "dir.png", status=1), "no word")
    plot("logs", "--out=a.png", cwd=folder)
    plot("logs", "--out=a.png", "--size=300x200", cwd=folder)
    same(Picture(folder / "a.png").width, 300, "width of the second")
    same(sorted(path.name for path in folder.iterdir()), ["a.png", "dir.png", "logs"], "what is in the folder")


def knows_wrong_usage(folder):
    two_runs(folder / "logs")
    for options in (
        [],
        ["--out=a.jpeg"],
        ["--out=png"],
        ["--out=a.png", "--size=300"],
        ["--out=a.png", "--size=0x10"],
        ["--out=a.png", "--size=nanx10"],
        ["--out=a.png", "--scale=0"],
        ["--out=a.png", "--columns=1.5"],
        ["--out=a.png", "--columns=0"],
        ["--out=a.png", "--x=epoch"],
        ["--out=a.png", "--smoothing=1"],
        ["--out=a.png", "--smoothing=median:3"],
        ["--out=a.png", "--log-y", "--symlog"],
        ["--out=a.png", "--log-x", "--x=wall"],
        ["--out=a.png", "--nosuch"],
    ):
        check(plot("logs", *options, status=2, cwd=folder).startswith("tfv: plot: "), f"{options}")
    plot("--out=a.png", status=2, cwd=folder)
    same([path.name for path in folder.iterdir()], ["logs"], "what is in the folder")


TESTS = {
    "draws-runs-in-their-colours": draws_runs_in_their_colours,
    "keeps-the-colour-of-a-run": keeps_the_colour_of_a_run,
    "draws-on-a-dark-ground-at-twice-the-size": draws_on_a_dark_ground_at_twice_the_size,
    "lays-tags-out-in-a-grid": lays_tags_out_in_a_grid,
    "orders-tags-as-the-window": orders_tags_as_the_window,
    "leaves-out-what-a-restart-superseded": leaves_out_what_a_restart_superseded,
    "smooths-in-four-ways": smooths_in_four_ways,
    "shows-every-kind-of-axis": shows_every_kind_of_axis,
    "shows-what-is-no-number": shows_what_is_no_number,
    "writes-documents": writes_documents,
    "names-many-runs": names_many_runs,
    "reads-what-is-there": reads_what_is_there,
    "draws-what-lies-compacted": draws_what_lies_compacted,
    "tells-when-there-is-nothing": tells_when_there_is_nothing,
    "replaces-a-file-whole": replaces_a_file_whole,
    "knows-wrong-usage": knows_wrong_usage,
}


def main():
    failed = False
    print(f"1..{len(TESTS)}")
    for number, (name, function) in enumerate(TESTS.items(), 1):
        with tempfile.TemporaryDirectory(prefix="tfv-test-") as folder:
            try:
                function(pathlib.Path(folder))
                print(f"ok {number} /cli/plot/{name}")
            except Exception as error:  # any of them is a failed test, and the next is tried
                failed = True
                print(f"not ok {number} /cli/plot/{name}")
                for line in f"{type(error).__name__}: {error}".splitlines():
                    print(f"# {line}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
