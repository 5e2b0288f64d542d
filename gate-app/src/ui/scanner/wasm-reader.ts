import { prepareZXingModule, type ReaderOptions, readBarcodes, type ZXingModuleOverrides } from 'zxing-wasm/reader';
import type { CodeReader, Frame } from './code-reader.ts';
import { enlarged, frameOf, type Gray, grayOf, sharpened, smoothed } from './frame-looks.ts';

/** A frame may show more than a ticket: an advertisement's QR beside it must not hide it. */
const CODES_IN_VIEW_MAX = 3;

/** A QR code is found at any angle anyway; light codes on dark are a phone's dark mode. */
const PLAIN: ReaderOptions = {
  formats: ['QRCode'],
  tryHarder: true,
  tryRotate: false,
  tryInvert: true,
  tryDownscale: true,
  maxNumberOfSymbols: CODES_IN_VIEW_MAX,
  textMode: 'Plain',
};

/** Against noise, then against small, soft and faint codes: what the plain look misses, at what it costs (decode bench). */
const MORE_LOOKS: readonly { readonly see: (gray: Gray) => Gray; readonly options: ReaderOptions }[] = [
  { see: smoothed, options: { ...PLAIN, tryInvert: false, tryDownscale: false } },
  { see: (gray) => sharpened(enlarged(gray)), options: { ...PLAIN, tryInvert: false } },
];

/**
 * The ZXing C++ reader compiled to WASM. The caller says where the .wasm file is (`locateFile`) or gives its bytes
 * (`wasmBinary`): left alone the package would fetch it from a public server, which a park without a network is not.
 * @throws where WASM is unavailable or the file cannot be loaded
 */
export async function createWasmReader(wasm: ZXingModuleOverrides): Promise<CodeReader> {
  await prepareZXingModule({ overrides: { ...wasm }, fireImmediately: true });
  return {
    library: 'zxing-wasm',
    read: async (frame) => {
      const plain = await textsIn(frame, PLAIN);
      if (plain.length > 0) return plain;
      const gray = grayOf(frame);
      for (const { see, options } of MORE_LOOKS) {
        const texts = await textsIn(frameOf(see(gray)), options);
        if (texts.length > 0) return texts;
      }
      return [];
    },
  };
}

async function textsIn({ data, width, height }: Frame, options: ReaderOptions): Promise<readonly string[]> {
  // `colorSpace` is all that an ImageData has beyond this; the reader does not look at it.
  const found = await readBarcodes({ data, width, height, colorSpace: 'srgb' } as ImageData, options);
  return found.filter(({ isValid, text }) => isValid && text !== '').map(({ text }) => text);
}
