// The least that a program does which lists tokens: one request, parsed and printed.
const { get } = require('node:http');

const { PLANETSCALE_API_URL, PLANETSCALE_ORG, PLANETSCALE_API_TOKEN } = process.env;
const url = `${PLANETSCALE_API_URL}/v1/organizations/${PLANETSCALE_ORG}/service-tokens?page=1&per_page=100`;

get(url, { headers: { authorization: `Bearer ${PLANETSCALE_API_TOKEN}` } }, (response) => {
  if (response.statusCode !== 200) throw new Error(`the API answered ${response.statusCode}`);
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (part) => {
    body += part;
  });
  response.on('end', () => {
    process.stdout.write(`${JSON.stringify(JSON.parse(body).data, null, 2)}\n`);
  });
});
