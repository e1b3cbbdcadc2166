"""Reads a file of results with openai-python: `results.py BASE_URL FILE`. Reports as the other programs do."""

import json
import sys
import time
import zlib

from openai import OpenAI

start = time.perf_counter()
client = OpenAI(api_key="sk-bench", base_url=sys.argv[1])
rows = ids = 0
for line in client.files.content(sys.argv[2]).content.splitlines():
    result = json.loads(line)
    rows += 1
    ids = zlib.crc32(result["custom_id"].encode(), ids)
seconds = time.perf_counter() - start
print(json.dumps({"rows": rows, "ids": ids, "seconds": seconds, "cpu_seconds": time.process_time()}))
