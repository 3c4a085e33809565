import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** Where an emulator answers to those who have read its lock. */
const PATH = '/emulator-lock/';
const CHALLENGE = /^[0-9a-f]{64}$/;
/** Milliseconds that an emulator may take to answer: it does so before any work of its own. */
const PATIENCE = 3_000;

/**
 * Answers whether this emulator is the one that a lock names, and says nothing else: who does not know the
 * nonce learns from the answer neither it nor anything of the state, and nobody else can give that answer.
 *
 * @returns false if the request asks for something else; it is not answered then
 */
export function answerProbe(request: IncomingMessage, response: ServerResponse, nonce: string): boolean {
  const { method, url = '' } = request;
  const challenge = url.startsWith(PATH) ? url.slice(PATH.length) : '';
  if (method !== 'GET' || !CHALLENGE.test(challenge)) return false;
  response.setHeader('content-type', 'text/plain');
  response.end(proof(nonce, challenge));
  return true;
}

/**
 * Whether an emulator that knows the nonce answers at an address of this machine. Nothing secret is sent,
 * and no more of the answer is read than the right one is long.
 */
export async function isAnswering(address: string, nonce: string): Promise<boolean> {
  const challenge = randomBytes(32).toString('hex');
  const expected = Buffer.from(proof(nonce, challenge));
  // An agent of its own: the global one can be told by a variable to use a proxy.
  const agent = new Agent();
  try {
    const answer = await get(`${address}${PATH}${challenge}`, agent, expected.length);
    return answer?.length === expected.length && timingSafeEqual(answer, expected);
  } catch {
    return false;
  } finally {
    agent.destroy();
  }
}

function get(url: string, agent: Agent, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent, signal: AbortSignal.timeout(PATIENCE) }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > maxBytes) response.destroy();
      });
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(chunks) : undefined));
      response.on('close', () => resolve(undefined));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    // An answer to switch protocols, which is none.
    outgoing.on('upgrade', (_, socket) => socket.destroy());
    outgoing.on('close', () => resolve(undefined));
    outgoing.end();
  });
}

function proof(nonce: string, challenge: string): string {
  return createHmac('sha256', nonce).update(challenge).digest('hex');
}
