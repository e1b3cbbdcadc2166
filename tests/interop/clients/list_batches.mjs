// Lists batches with openai-node, as often as the file named in the first argument asks.
// Prints the ids of each list as one line of JSON.
//
// The SDK's types know `after` and `limit` alone. `options.query` carries the filters of this
// service, and stands in for all of the first argument: a limit given there would be lost. An
// `extra_query` in the first argument is sent as `extra_query[ds_name]=...`, which filters nothing.

import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';

const client = new OpenAI({ maxRetries: 0 }); // OPENAI_API_KEY and OPENAI_BASE_URL
const lists = JSON.parse(await readFile(process.argv[2], 'utf8'));
for (const { limit, filters, all_pages } of lists) {
  const page = await client.batches.list({}, { query: { limit, ...filters } });
  const ids = [];
  // Iterating over a page goes on to the pages behind it; its data is null where it is empty.
  for await (const batch of all_pages ? page : (page.data ?? [])) {
    ids.push(batch.id);
  }
  console.log(JSON.stringify(ids));
}
