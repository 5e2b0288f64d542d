import { BinaryBitmap, DecodeHintType, HybridBinarizer, QRCodeReader, RGBLuminanceSource } from '@zxing/library';
import type { CodeReader, Frame } from './code-reader.ts';

/** ZXing in plain JavaScript: reads fewer bad frames, and runs where WASM does not. */
export function createJsReader(): CodeReader {
  const hints = new Map([[DecodeHintType.TRY_HARDER, true]]);
  return {
    library: 'zxing-js',
    read: async (frame) => {
      const source = new RGBLuminanceSource(luminanceOf(frame), frame.width, frame.height);
      try {
        const text = new QRCodeReader().decode(new BinaryBitmap(new HybridBinarizer(source)), hints).getText();
        return text === '' ? [] : [text];
      } catch {
        // The library throws for every frame without a readable code (and now and then something of its own): all of
        // them say that this frame has nothing, and the next one may.
        return [];
      }
    },
  };
}

function luminanceOf({ data, width, height }: Frame): Uint8ClampedArray {
  const luminance = new Uint8ClampedArray(width * height);
  for (let pixel = 0, at = 0; pixel < luminance.length; pixel += 1, at += 4) {
    luminance[pixel] = ((data[at] ?? 0) + 2 * (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) >> 2;
  }
  return luminance;
}
