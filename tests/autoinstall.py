#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""autoinstall.py [--schema FILE] FILE...

What is wrong with the user-data of Ubuntu's installer, a line each: the file's form, by
subiquity's JSON schema where it is named, and what no schema says of the storage: sizes
that add up, one partition for the boot loader where the firmware wants one, references
that lead somewhere. What `autoinstall --facts` says of each is in FILE.facts beside it.
--get PATH prints one value as JSON instead (autoinstall.apt)."""
import argparse
import json
import sys

import yaml

MIB = 1 << 20
KNOWN = """version interactive-sections early-commands reporting error-commands user-data packages
debconf-selections locale refresh-installer kernel kernel-crash-dumps keyboard zdevs source network
ubuntu-pro proxy apt storage identity ssh snaps active-directory codecs drivers oem timezone updates
late-commands shutdown""".split()
SUFFIX = {"K": 1 << 10, "M": MIB, "G": 1 << 30, "T": 1 << 40}
FIELDS = {
    "disk": ("match ptable wipe grub_device", "match ptable"),
    "partition": ("device size wipe flag grub_device number", "device size"),
    "lvm_volgroup": ("name devices", "name devices"),
    "lvm_partition": ("name volgroup size", "name volgroup size"),
    "format": ("volume fstype", "volume fstype"),
    "mount": ("device path", "device path"),
}
found = []


def say(text):
    found.append(text)


def size(value):
    """Bytes; -1 is what is left."""
    if value == -1 and not isinstance(value, bool):
        return -1
    if isinstance(value, int) and value > 0:
        return value
    if isinstance(value, str) and value[:-1].isdigit() and value[-1] in SUFFIX:
        return int(value[:-1]) * SUFFIX[value[-1]]
    say(f"size: {value!r}: is none")
    return 0


def references(actions):
    by_id = {}
    for a in actions:
        name, kind = a.get("id"), a.get("type")
        if kind not in FIELDS:
            say(f"{name}: type {kind!r}: no such")
            continue
        allowed, wanted = (f.split() for f in FIELDS[kind])
        for f in a:
            if f not in ("id", "type", *allowed):
                say(f"{name}: {f}: no such for a {kind}")
        for f in wanted:
            if f not in a:
                say(f"{name}: {f}: missing")
        for f, kinds in (("device", ("disk", "format")), ("volume", ("partition", "lvm_partition")),
                         ("volgroup", ("lvm_volgroup",)), ("devices", ("partition",))):
            for to in a[f] if isinstance(a.get(f), list) else [a[f]] if f in a else []:
                if to not in by_id:
                    say(f"{name}: {f}: {to!r}: not said before it")
                elif by_id[to]["type"] not in kinds:
                    say(f"{name}: {f}: {to!r}: is a {by_id[to]['type']}")
        if name in by_id:
            say(f"{name}: said twice")
        by_id[name] = a
    return by_id


def add_up(name, parts, room, unit):
    rest = 0
    for i, p in enumerate(parts):
        n = size(p["size"])
        if n == -1 and i + 1 != len(parts):
            say(f"{p['id']}: takes the rest of {name}, but is not its last")
        if n > 0 and n % unit:
            say(f"{p['id']}: {n} is no multiple of {unit}")
        room -= max(n, 0)
        rest += n == -1
    if room < 0 or (rest and room < 256 * MIB):
        say(f"{name}: what is in it does not fit: {room >> 20} MiB are left")
    elif not rest and room:
        say(f"{name}: {room >> 20} MiB are nobody's")
    return room


def storage(s, disk_bytes, firmware):
    actions = s.get("config", [])
    if s.get("swap") != {"size": 0}:
        say("storage: swap: a file would be made for it")
    if "layout" in s:
        say("storage: layout: is not for exact sizes")
    by_id = references(actions)
    of = lambda kind: [a for a in actions if a.get("type") == kind]
    if len(of("disk")) != 1:
        say("storage: not one disk")
        return
    disk, parts = of("disk")[0], of("partition")
    left = add_up("disk", parts, disk_bytes // MIB * MIB - 2 * MIB, MIB)
    for vg in of("lvm_volgroup"):
        pv = by_id.get(vg["devices"][0], {})
        room = left if pv.get("size") == -1 else size(pv.get("size"))
        volumes = [v for v in of("lvm_partition") if v["volgroup"] == vg["id"]]
        add_up(vg["id"], volumes, (room - MIB) // (4 * MIB) * 4 * MIB, 4 * MIB)
    mounts = {by_id[m["device"]]["volume"]: m["path"] for m in of("mount") if m.get("device") in by_id}
    formats = {f["volume"]: f["fstype"] for f in of("format")}
    for v, fs in formats.items():
        if fs not in ("ext4", "xfs", "btrfs", "fat32", "swap"):
            say(f"{v}: {fs}: no filesystem of ours")
        if v not in mounts:
            say(f"{v}: is formatted but not mounted")
        if (fs == "swap") != (mounts.get(v) == "none"):
            say(f"{v}: path none is for swap, and swap's path")
    paths = list(mounts.values())
    if paths.count("/") != 1 or len(set(paths)) != len(paths):
        say("storage: not one root, or something is mounted twice")
    shallow = [p.count("/") if p != "/" else 0 for p in paths if p != "none"]
    if shallow != sorted(shallow):
        say("storage: something is mounted before what it is below")
    flags = [p.get("flag") for p in parts]
    loader = [p["id"] for p in parts if p.get("grub_device")]
    if firmware == "uefi":
        esp = [p["id"] for p in parts if p.get("flag") == "boot"]
        if len(esp) != 1 or esp != loader or formats.get(esp[0]) != "fat32" or mounts.get(esp[0]) != "/boot/efi":
            say("storage: UEFI wants one partition, flag boot, grub_device, fat32, /boot/efi")
        if disk.get("grub_device") or "bios_grub" in flags:
            say("storage: has a part for BIOS")
    elif firmware == "bios" and "prep" in flags:
        if loader != [p["id"] for p in parts if p.get("flag") == "prep"]:
            say("storage: Open Firmware wants one partition, flag prep, grub_device")
    elif firmware == "bios":
        if not disk.get("grub_device") or flags.count("bios_grub") != 1 or flags[0] != "bios_grub":
            say("storage: BIOS wants the disk's grub_device, and bios_grub first")
        if loader or "boot" in flags:
            say("storage: has a part for UEFI")


def facts(path):
    with open(path + ".facts", encoding="utf-8") as f:
        return dict(line.rstrip("\n").split("=", 1) for line in f)


def check(auto, known, schema):
    for k in auto:
        if k not in KNOWN:
            say(f"{k}: no such")
    if "identity" not in auto and not auto.get("user-data"):
        say("neither identity nor user-data")
    if auto.get("shutdown") != "poweroff":
        say("does not power off")
    for k in ("early-commands", "late-commands", "error-commands"):
        for c in auto.get(k, []):
            if not isinstance(c, list) or not all(isinstance(w, str) for w in c):
                say(f"{k}: not a list of words")
            elif any(len(w.encode()) >= 131072 for w in c):
                say(f"{k}: longer than an argument can be")
    if not all(isinstance(w, str) for w in auto["packages"]):
        say("packages: not words")
    storage(auto["storage"], int(known["disk"]), known["firmware"])
    for e in schema.iter_errors(auto) if schema else ():
        say("schema: " + "/".join(map(str, e.path)) + ": " + e.message)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--schema")
    p.add_argument("--get")
    p.add_argument("file", nargs="+")
    opt = p.parse_args()
    schema, bad = None, False
    if opt.schema:
        import jsonschema
        with open(opt.schema, encoding="utf-8") as f:
            schema = jsonschema.Draft7Validator(json.load(f))
    for path in opt.file:
        found.clear()
        with open(path, encoding="utf-8") as f:
            text = f.read()
        whole = yaml.safe_load(text)
        if opt.get:
            for k in opt.get.split("."):
                whole = whole[int(k) if isinstance(whole, list) else k]
            print(json.dumps(whole, ensure_ascii=False))
            continue
        if not text.startswith("#cloud-config\n"):
            say("the first line is not #cloud-config")
        if list(whole) != ["autoinstall"]:
            say("there is more than autoinstall")
        check(whole["autoinstall"], facts(path), schema)
        for line in found:
            print(f"{path}: {line}")
        bad = bad or bool(found)
    sys.exit(bad)


main()
