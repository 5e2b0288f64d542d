import type { ReaderLibrary } from './camera-state.ts';

/** The pixels of one frame: RGBA, row by row. */
export interface Frame {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Reads the QR codes of a frame. A frame without one answers an empty list; it never throws for what it sees. */
export interface CodeReader {
  readonly library: ReaderLibrary;
  read(frame: Frame): Promise<readonly string[]>;
}
