import { prepareZXingModule, type ReaderOptions, readBarcodes, type ZXingModuleOverrides } from 'zxing-wasm/reader';
import type { CodeReader } from './code-reader.ts';

/** A frame may show more than a ticket: an advertisement's QR beside it must not hide it. */
const CODES_IN_VIEW_MAX = 3;

const OPTIONS: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  maxNumberOfSymbols: CODES_IN_VIEW_MAX,
  textMode: 'Plain',
};

/**
 * The ZXing C++ reader compiled to WASM. The caller says where the .wasm file is (`locateFile`) or gives its bytes
 * (`wasmBinary`): left alone the package would fetch it from a public server, which a park without a network is not.
 * @throws where WASM is unavailable or the file cannot be loaded
 */
export async function createWasmReader(wasm: ZXingModuleOverrides): Promise<CodeReader> {
  await prepareZXingModule({ overrides: { ...wasm }, fireImmediately: true });
  return {
    library: 'zxing-wasm',
    read: async ({ data, width, height }) => {
      // `colorSpace` is all that an ImageData has beyond this; the reader does not look at it.
      const image = { data, width, height, colorSpace: 'srgb' } as ImageData;
      const found = await readBarcodes(image, OPTIONS);
      return found.filter(({ isValid, text }) => isValid && text !== '').map(({ text }) => text);
    },
  };
}
