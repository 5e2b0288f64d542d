import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url';
import type { ReaderLibrary } from './camera-state.ts';
import type { CodeReader, Frame } from './code-reader.ts';
import type { FromDecoder, ToDecoder } from './decode-messages.ts';

// Runs in a Web Worker: decoding never makes the screen wait. The libraries are loaded on demand, from our own files.

let reader: Promise<CodeReader> | null = null;
let canvas: OffscreenCanvas | null = null;

addEventListener('message', (event: MessageEvent<ToDecoder>) => {
  const message = event.data;
  if (message.kind === 'start') {
    reader = openReader(message.library);
    void reader.then(({ library }) => answer({ kind: 'ready', library }));
  } else {
    void readFrame(message.bitmap).then((codes) => answer({ kind: 'codes', frameId: message.frameId, codes }));
  }
});

function answer(message: FromDecoder): void {
  postMessage(message);
}

async function openReader(library: ReaderLibrary): Promise<CodeReader> {
  if (library === 'zxing-wasm' && typeof WebAssembly !== 'undefined') {
    try {
      const { createWasmReader } = await import('./wasm-reader.ts');
      return await createWasmReader({ locateFile: () => wasmUrl });
    } catch (error) {
      console.warn('zxing-wasm did not start; reading with zxing-js', error);
    }
  }
  const { createJsReader } = await import('./js-reader.ts');
  return createJsReader();
}

/** A frame that cannot be read, whatever the reason, has no codes: the next one is not affected. */
async function readFrame(bitmap: ImageBitmap): Promise<readonly string[]> {
  try {
    const frame = pixelsOf(bitmap);
    return frame === null || reader === null ? [] : await (await reader).read(frame);
  } catch (error) {
    console.warn('a camera frame could not be read', error);
    return [];
  } finally {
    bitmap.close();
  }
}

function pixelsOf(bitmap: ImageBitmap): Frame | null {
  if (canvas === null || canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
    canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  }
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return null;
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  return { data, width, height };
}
