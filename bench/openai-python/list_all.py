"""Lists all batches with openai-python: `list_all.py BASE_URL`. Reports as the other programs do."""

import json
import sys
import time
import zlib

from openai import OpenAI

start = time.perf_counter()
client = OpenAI(api_key="sk-bench", base_url=sys.argv[1])
rows = ids = 0
for batch in client.batches.list(limit=100):
    rows += 1
    ids = zlib.crc32(batch.id.encode(), ids)
seconds = time.perf_counter() - start
print(json.dumps({"rows": rows, "ids": ids, "seconds": seconds, "cpu_seconds": time.process_time()}))
