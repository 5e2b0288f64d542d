import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';

/** One file of the built screens. */
export interface ScreenFile {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly type: string;
  /** Its name holds a hash of its content, so a browser may keep it for ever. */
  readonly isHashed: boolean;
}

/** The place of an address's file within the folder, or null: outside of it, or of a kind we do not serve. Pure. */
export function placeOfFile(folder: string, pathname: string): { readonly path: string; readonly type: string } | null {
  const decoded = decodedPath(pathname);
  if (decoded === null || decoded.includes('\0') || decoded.includes('\\')) return null;
  const path = resolve(folder, `.${decoded === '/' ? '/index.html' : decoded}`);
  const type = TYPES[extname(path)];
  return type !== undefined && path.startsWith(resolve(folder) + sep) ? { path, type } : null;
}

/** Reads a file of the built screens; null if there is none. */
export async function readScreenFile(folder: string, pathname: string): Promise<ScreenFile | null> {
  const place = placeOfFile(folder, pathname);
  if (place === null) return null;
  try {
    const bytes = await readFile(place.path);
    return { bytes, type: place.type, isHashed: pathname.startsWith('/assets/') };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.wasm': 'application/wasm',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

function decodedPath(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENAMETOOLONG';
}
