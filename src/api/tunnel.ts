import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { bareHost } from '../values/host.ts';
import { BOUNDS, explained, ProxyFailure } from './http-failures.ts';

/**
 * A connection to the host of a URL through a proxy: a tunnel (CONNECT) for http as well, so that what the
 * proxy says can never be taken for the API's answer. With https the TLS session inside it stands, too.
 * Until it is there, nothing of the request has gone anywhere.
 *
 * @param proxy its address, user name and password included
 * @throws ProxyFailure; for the session inside BadCertificate or the runtime's own error
 */
export async function openTunnel(url: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const tunnel = await tunnelTo(url, proxy, signal);
  return url.protocol === 'https:' ? secured(tunnel, bareHost(url.hostname), signal) : tunnel;
}

function tunnelTo(url: URL, proxy: URL, signal: AbortSignal): Promise<Socket> {
  const isTls = proxy.protocol === 'https:';
  const host = bareHost(proxy.hostname);
  const target = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
  const outgoing = (isTls ? https : http).request({
    ...BOUNDS,
    host,
    port: proxy.port || (isTls ? 443 : 80),
    method: 'CONNECT',
    path: target,
    agent: new (isTls ? https : http).Agent({ ...BOUNDS, keepAlive: false }),
    signal,
  });
  // Set, not handed over with the options: those NODE_DEBUG prints.
  outgoing.setHeader('host', target);
  if (proxy.username !== '' || proxy.password !== '') {
    const pair = decodeURIComponent(`${proxy.username}:${proxy.password}`);
    outgoing.setHeader('proxy-authorization', `Basic ${Buffer.from(pair).toString('base64')}`);
  }
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(new ProxyFailure(proxy, error));
    const refused = ({ statusCode }: IncomingMessage): void =>
      fail(new Error(`refused with status ${statusCode}`));
    outgoing.once('connect', (answer, socket: Socket, early) => {
      const { statusCode = 0 } = answer;
      // What comes before the tunnel was used cannot come from its other end.
      if (statusCode >= 200 && statusCode < 300 && early.length === 0) {
        // Whoever uses it hears of its errors; one that nobody hears would end the process.
        socket.on('error', () => {});
        resolve(socket);
        return;
      }
      socket.destroy();
      refused(answer);
    });
    outgoing.once('response', (answer) => {
      refused(answer);
      answer.destroy();
    });
    outgoing.on('error', (error) => fail(explained(error, outgoing.socket)));
    outgoing.once('close', () => fail(new Error('the connection was closed')));
    outgoing.end();
  });
}

function secured(tunnel: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const session = connect({
      ...BOUNDS,
      socket: tunnel,
      host,
      // An address has no name to be asked for; its certificate is checked all the same.
      servername: isIP(host) === 0 ? host : '',
      ALPNProtocols: ['http/1.1'],
    });
    const end = (): void => void session.destroy();
    const settle = (): void => signal.removeEventListener('abort', end);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    session.once('secureConnect', () => {
      settle();
      resolve(session);
    });
    session.on('error', (error) => reject(explained(error, session)));
    session.once('close', () => {
      settle();
      tunnel.destroy();
      reject(new Error('the connection was closed'));
    });
  });
}
