"""Lists batches with openai-python, as often as the file that is named in the first argument
says. Prints the ids of each list as one line of JSON.

The SDK knows `after` and `limit` alone; the filters of this service go in `extra_query`.
"""

import json
import sys

from openai import OpenAI

client = OpenAI(max_retries=0)  # OPENAI_API_KEY and OPENAI_BASE_URL
with open(sys.argv[1], encoding="utf-8") as file:
    lists = json.load(file)
for wanted in lists:
    page = client.batches.list(limit=wanted["limit"], extra_query=wanted["filters"])
    # Iterating over a page goes on to the pages behind it; its data is null where it is empty.
    batches = page if wanted["all_pages"] else page.data or []
    print(json.dumps([batch.id for batch in batches]))
