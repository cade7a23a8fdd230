#!/usr/bin/env python3
"""Checks an exported Interpres audit log. Standard library only, made to be read by auditors.

    python3 verify_audit_log.py POLICY EXPORT

POLICY names whom you trust, one line each: `log KEY` (the key you wrote down on the first day),
and if you like `witness NAME KEY`, all of whom must then have signed. EXPORT is the NDJSON file.
Ends with 0 when all is well, 1 when something is wrong, 2 when a file can't be read.

What is checked, and by which text:
  1. The checkpoint in the first line is signed by a log key of the policy, or by one that a trusted
     key handed over to (C2SP signed-note and tlog-checkpoint; Ed25519, RFC 8032).
  2. Every entry has the hash it states: SHA-256 over a zero byte and its bytes (RFC 6962, 2.1).
  3. A complete export: numbers run from 0 without a gap, and the root of the tree over all entries
     is the one the checkpoint was signed for. A part: each entry brings its path to that root.
  4. What the header says: the workspace is the checkpoint's; each entry of a part fits its filter. When the
     file was made, and that no other entry fits the filter, is shown by nothing.
"""
import base64, hashlib, json, sys

# --- Ed25519 (RFC 8032, section 5.1), verification only ------------------------------------------
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar, point):
    out = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            out = add(out, point)
        point, scalar = add(point, point), scalar >> 1
    return out


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def signature_holds(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = decompress(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(h, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def decoded(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 that is not in its one form")
    return data


# --- Signed notes ---------------------------------------------------------------------------------
def read_key(text):
    name, key_hash, encoded = text.split("+", 2)
    data = decoded(encoded)
    if hashlib.sha256(name.encode() + b"\n" + data).digest()[:4].hex() != key_hash or data[0] not in (1, 4):
        raise ValueError(f"the key of {name} can't be read")
    return name, data[0], data[1:], bytes.fromhex(key_hash)


def open_note(note, key):
    """The note's text when this key signed it, nothing when it did not; a wrong signature is an error."""
    name, kind, public, key_hash = key
    text, _, signatures = note.rpartition("\n\n")
    text, signed = text + "\n", False
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        blob = decoded(blob)
        if dash != "\u2014" or signer != name or blob[:4] != key_hash:
            continue
        message, signature = text.encode(), blob[4:]
        if kind == 4:  # a witness signs the time as well
            message, signature = f"cosignature/v1\ntime {int.from_bytes(blob[4:12], 'big')}\n{text}".encode(), blob[12:]
        if not signature_holds(public, message, signature):
            raise ValueError(f"a signature by {name} does not verify")
        signed = True
    return text if signed else None


def believed_checkpoint(header, logs, witnesses):
    for note in header["handovers"]:
        texts = [(open_note(note, key), key[0]) for key in logs]
        text, name = next(((t, n) for t, n in texts if t), (None, None))
        lines = (text or "").splitlines()
        if len(lines) != 2 or lines[0] != "interpres log key handover v1" or read_key(lines[1])[0] != name:
            raise ValueError("a key handover is not signed by a key that was trusted before it")
        logs.append(read_key(lines[1]))
    note = header["checkpoint"]
    text = next((t for t in (open_note(note, key) for key in logs) if t), None)
    if text is None or not all(open_note(note, key) for key in witnesses):
        raise ValueError("the checkpoint is not signed by everybody the policy names")
    origin, size, root = text.splitlines()[:3]
    if all(origin != key[0] for key in logs):
        raise ValueError("the checkpoint is of another log")
    if origin != "interpres/" + header["workspace"]:
        raise ValueError("the file says it is of another workspace than its checkpoint")
    if header["complete"] == bool(header["filter"]):
        raise ValueError("the file says both that it is the whole log and that it was filtered, or neither")
    return int(size), decoded(root)


# --- The tree (RFC 6962, section 2.1) -------------------------------------------------------------
def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_by_path(number, size, leaf, path):
    """RFC 9162, section 2.1.3.2."""
    last, found = size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if number & 1 or number == last:
            found = node(sibling, found)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            found = node(found, sibling)
        number, last = number >> 1, last >> 1
    return found if last == 0 else None


def fits(entry, filter):
    told = all(entry.get(name) == filter[name] for name in ("actor", "action", "outcome") if name in filter)
    return told and ("record" not in filter or any(seen["id"] == filter["record"] for seen in entry.get("records", [])))


def main(policy_path, export_path):
    logs, witnesses, problems, peaks, count, last, end = [], [], [], [], 0, -1, None
    for line in open(policy_path, encoding="utf-8"):
        words = line.split("#")[0].split()
        if words and words[0] == "log":
            logs.append(read_key(words[1]))
        elif words and words[0] == "witness":
            witnesses.append(read_key(words[2]))
    with open(export_path, encoding="utf-8", newline="\n") as lines:
        header = json.loads(next(lines))
        size, root = believed_checkpoint(header, logs, witnesses)
        for line in map(json.loads, lines):
            if "leaf" not in line or end is not None:
                end = line.get("entries") if end is None else -1
                continue
            number, leaf = line["number"], hashlib.sha256(b"\x00" + line["leaf"].encode()).digest()
            if leaf != decoded(line["hash"]):
                problems.append(f"entry {number} was changed: it does not have its hash")
            if number <= last:
                problems.append(f"entry {number} stands behind entry {last}")
            last = number
            if header["complete"]:
                if number != count:
                    problems.append(f"entry {count} is missing or stands elsewhere")
                peaks.append((1, leaf))
                while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
                    (width, right), (_, left) = peaks.pop(), peaks.pop()
                    peaks.append((2 * width, node(left, right)))
            elif number >= size or root_by_path(number, size, leaf, [decoded(h) for h in line.get("proof", [])]) != root:
                problems.append(f"entry {number} is not in the log that the checkpoint speaks of")
            elif not fits(json.loads(line["leaf"]), header["filter"]):
                problems.append(f"entry {number} does not fit what the file was filtered by")
            count += 1
    if end != count:
        problems.append("the file was cut off or added to: its last line does not count its entries")
    if header["complete"]:
        found = peaks.pop()[1] if peaks else hashlib.sha256(b"").digest()
        while peaks:
            found = node(peaks.pop()[1], found)
        if count != size or found != root:
            problems.append(f"the entries ({count}) are not those the checkpoint was signed for ({size})")
    for problem in problems[:20]:
        print("PROBLEM:", problem)
    print(f"{count} entries read;", "NOT good" if problems else "good")
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 3 else (print(__doc__), 2)[1])
    except (ValueError, KeyError, StopIteration) as problem:
        print("PROBLEM:", problem or "the file does not have the form of an exported audit log")
        sys.exit(1)
    except OSError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
