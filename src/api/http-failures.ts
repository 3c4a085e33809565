import type { Socket } from 'node:net';
import { plain, type Text, text, unstyled } from '../text/text.ts';

/** Bytes that the names and values of headers, and of trailers, may have. */
const MAX_HEADERS = 64 * 1024;

/** What holds for every request: no variable of the runtime switches the check of certificates off. */
export const BOUNDS = { maxHeaderSize: MAX_HEADERS, rejectUnauthorized: true } as const;

/** An answer came that nobody should take: it breaks a bound, or is none to what was asked. */
export class BadAnswer extends Error {
  override readonly name = 'BadAnswer';
  /** Goes on after "the PlanetScale API answered". */
  readonly text: Text;

  constructor(message: Text) {
    super(`it answered ${plain(message)}`);
    this.text = message;
  }
}

/** The other side could not prove who it is; its cause tells why. Nothing was sent. */
export class BadCertificate extends Error {
  override readonly name = 'BadCertificate';
}

/** There is no way through the proxy; its cause tells why. Nothing was sent to the API. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
  /** Host and port, without user name and password. */
  readonly proxy: string;

  constructor(proxy: URL, cause: unknown) {
    super('no way through the proxy', { cause });
    this.proxy = proxy.host;
  }
}

/**
 * What a failed connection means where the runtime's error alone does not tell.
 *
 * @param socket the connection, where there was one
 */
export function explained(error: Error, socket: Socket | null | undefined): Error {
  if (socket && 'authorizationError' in socket && socket.authorizationError) {
    return new BadCertificate('the certificate was refused', { cause: error });
  }
  if ('code' in error && error.code === 'HPE_HEADER_OVERFLOW') {
    return new BadAnswer(text`with more than ${text`${unstyled(MAX_HEADERS / 1024)} KB`} of headers`);
  }
  return error;
}
