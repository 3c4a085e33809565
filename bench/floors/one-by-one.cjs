// The least that tells what every token holds: the list, then a request for each token, one after the other.
const { Agent, get } = require('node:http');

const { PLANETSCALE_API_URL: url, PLANETSCALE_ORG: organization, PLANETSCALE_API_TOKEN: token } = process.env;
const agent = new Agent({ keepAlive: true });
const tokens = `${url}/v1/organizations/${organization}/service-tokens`;

function fetched(address) {
  return new Promise((resolve, reject) => {
    get(address, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk)).on('end', () => resolve(JSON.parse(body)));
    }).on('error', reject);
  });
}

(async () => {
  let count = 0;
  for (let page = 1; page !== null; ) {
    const { data, next_page } = await fetched(`${tokens}?per_page=100&page=${page}`);
    for (const { id } of data)
      count += (await fetched(`${tokens}/${id}/grants?per_page=100`)).data.length + 1;
    page = next_page;
  }
  console.log(count);
  agent.destroy();
})();
