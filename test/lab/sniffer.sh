#!/bin/bash
# sniffer.sh -- what /tool/sniffer writes is read by others: tcpdump, and tshark where there is one;
# packets that a rule drops bear its word as their comment.
#
#   inet ---- ether1 [ router ] ether2 ---- switch ---- lan, lan2
. "$(dirname "$0")/../../lab/scenario.sh"
scenario_towpath_only "sniffer"
command -v python3 >/dev/null || check_skip "there is no python3 to read comments with"

file=$LAB/store/seen.pcapng

# Prints each packet of a pcapng file: its interface, direction, addresses and comment
# (draft-ietf-opsawg-pcapng, 4.1 to 4.3).
reader='
import struct, sys
data = open(sys.argv[1], "rb").read()
names, at = [], 0
def options(block):
    found = {}
    while len(block) >= 4:
        code, size = struct.unpack(">HH", block[:4])
        if code == 0:
            break
        found[code] = block[4:4 + size]
        block = block[4 + (size + 3) // 4 * 4:]
    return found
while at < len(data):
    kind, size = struct.unpack(">II", data[at:at + 8])
    body = data[at + 8:at + size - 4]
    assert data[at + size - 4:at + size] == data[at + 4:at + 8]
    at += size
    if kind == 1:
        names.append(options(body[8:])[2].decode())
    elif kind == 6:
        iface, high, low, kept, wire = struct.unpack(">IIIII", body[:20])
        frame, said = body[20:20 + kept], options(body[20 + (kept + 3) // 4 * 4:])
        ends = ["-", "-"]
        if frame[12:14] == b"\x08\x00":
            ends = [".".join(map(str, frame[i:i + 4])) for i in (26, 30)]
        way = {1: "in", 2: "out"}[struct.unpack(">I", said[2])[0]]
        print(names[iface], way, *ends, said.get(1, b"").decode())
'

scenario_start
lab_type_basics masquerade || check_miss "the basics are taken" "no error" "see above"
check_runs "a page comes" lab_fetch lan "http://$inet/"

check_runs "pings to inet are dropped from now on" lab_type \
	'/ip firewall filter add chain=forward protocol=icmp action=drop place-before=0'
check_runs "the sniffer starts" lab_type '/tool sniffer set file-name=seen memory-limit=10MiB file-limit=50MiB' \
	'/tool sniffer start'
check_fails "and does not twice" lab_type '/tool sniffer start'
check_match "no ping comes through" '^3 sent, 0 answered' "$(lab_ping lan "$inet" 3 10)"
check_runs "a page still does" lab_fetch lan "http://$inet/"
check_match "memory shows why" 'drop: filter' "$(lab_type '/tool sniffer packet print detail')"
check_runs "the sniffer stops" lab_type '/tool sniffer stop'

seen=$(python3 -c "$reader" "$file")
check_equal "three pings bear the reason" 3 \
	"$(grep -c "^ether2 in 192.168.88.100 $inet drop: filter: a filter rule says drop\$" <<<"$seen")"
check_none "none of them left" "^ether1 out $outer $inet drop" "$seen"
check_match "what was let through says nothing" "^ether2 in 192.168.88.100 $inet \$" "$seen"
check_match "and left translated" "^ether1 out $outer $inet \$" "$seen"
check_match "answers come in at ether1" "^ether1 in $inet $outer \$" "$seen"
check_match "and leave by ether2" "^ether2 out $inet 192.168.88.100 \$" "$seen"

check_runs "memory is saved, too" lab_type '/tool sniffer save file-name=kept'
check_equal "with the same packets" "$(grep -c . <<<"$seen")" \
	"$(python3 -c "$reader" "$LAB/store/kept.pcapng" | grep -c .)"
if command -v tcpdump >/dev/null; then
	check_match "tcpdump reads it" "192.168.88.100 > $inet: ICMP echo request" \
		"$(tcpdump -nr "$file" 2>&1)"
fi
if command -v tshark >/dev/null; then
	check_match "tshark finds the comment" '^drop: filter: a filter rule says drop$' \
		"$(tshark -r "$file" -Y frame.comment -T fields -e frame.comment 2>&1)"
fi
check_equal "nobody else may read it" 600 "$(stat -c %a "$file")"
check_end
