import QRCode from 'qrcode';
import { useMemo } from 'react';

/** Quiet zone in modules: the standard asks for four. */
const QUIET = 4;

/** A ticket code as a QR, drawn as one path: as sharp as the screen or the printer is. */
export function TicketCode({ code, label }: { code: string; label: string }) {
  const { path, size } = useMemo(() => qrPath(code), [code]);
  return (
    <svg
      className="ticket-code"
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={label}
      data-code={code}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

/** The dark modules of a code's QR at error correction level M, as SVG path data; `size` includes the quiet zone. */
export function qrPath(code: string): { readonly path: string; readonly size: number } {
  const { modules } = QRCode.create(code, { errorCorrectionLevel: 'M' });
  const parts: string[] = [];
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column)) parts.push(`M${column + QUIET} ${row + QUIET}h1v1h-1z`);
    }
  }
  return { path: parts.join(''), size: modules.size + 2 * QUIET };
}
