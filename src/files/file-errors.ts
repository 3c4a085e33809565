const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than allowed (see ulimit -f)',
  EAGAIN: 'it takes no more at the moment',
  EBADF: 'it is not open for writing',
  EIO: 'the device reported an input/output error',
  EPIPE: 'its reader is gone',
  ERR_STREAM_DESTROYED: 'it is closed',
  EISDIR: 'it is a folder',
  EBUSY: 'it is in use',
  ETXTBSY: 'it is in use',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ESTALE: 'its network file system lost it',
  ENOTSUP: 'its file system does not support this',
  EOPNOTSUPP: 'its file system does not support this',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of its path is a file, not a folder',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
};

/** Why a file could not be written, in words. */
export function fileReason(error: unknown): string {
  const code = fileErrorCode(error);
  return REASONS[code] ?? (code || (error instanceof Error ? error.message : String(error)));
}

/** Such as ENOENT; empty where the system did not give one. */
export function fileErrorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What is found, or undefined where nothing is. */
export async function unlessMissing<Found>(look: Promise<Found>): Promise<Found | undefined> {
  try {
    return await look;
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
