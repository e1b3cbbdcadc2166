// Fetches batches and files with openai-node: pairs of ids in the file named in the first argument.
// Prints id and status of the batch, and the SHA-256 of the file, of each pair as one line of JSON.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';

const client = new OpenAI({ maxRetries: 0 }); // OPENAI_API_KEY and OPENAI_BASE_URL
for (const [id, file] of JSON.parse(await readFile(process.argv[2], 'utf8'))) {
  const batch = await client.batches.retrieve(id);
  const content = await (await client.files.content(file)).arrayBuffer();
  const digest = createHash('sha256').update(Buffer.from(content)).digest('hex');
  console.log(JSON.stringify([batch.id, batch.status, digest]));
}
