from openai import OpenAI
import os

client = OpenAI(
  api_key=os.getenv("DASHSCOPE_API_KEY"),
  base_url="https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
)

batches = client.batches.list(limit=2)

for batch in batches.data:
    print(batch.id, batch.status)
