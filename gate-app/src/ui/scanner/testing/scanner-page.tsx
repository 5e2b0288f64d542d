import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { CameraScanner } from '../camera-scanner.tsx';
import type { CameraState, ReaderLibrary } from '../camera-state.ts';
import { listenToWedge } from '../wedge.ts';

// A page with nothing but the scanner, for the end-to-end test: camera on or off, a field, a button, and what was heard.

function ScannerPage({ library, withCamera }: { readonly library: ReaderLibrary; readonly withCamera: boolean }) {
  const [camera, setCamera] = useState<CameraState>({ kind: 'starting' });
  const [isOn, setOn] = useState(withCamera);
  const [seen, setSeen] = useState<readonly string[]>([]);
  const [typed, setTyped] = useState('');
  const [presses, setPresses] = useState(0);
  const hear = (what: string): void => setSeen((before) => [...before, what]);

  useEffect(
    () =>
      listenToWedge(window, {
        onCode: (text) => setSeen((before) => [...before, `wedge ${text}`]),
        onUnreadable: (reason) => setSeen((before) => [...before, `unreadable ${reason}`]),
      }),
    [],
  );
  return (
    <main>
      {isOn && (
        <CameraScanner onCode={(text) => hear(`camera ${text}`)} paused={false} library={library} onState={setCamera} />
      )}
      <output id="camera">{JSON.stringify(camera)}</output>
      <input id="field" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <output id="typed">{typed}</output>
      <button id="press" type="button" onClick={() => setPresses((before) => before + 1)}>
        {presses}
      </button>
      <button id="off" type="button" onClick={() => setOn(false)}>
        off
      </button>
      <ol id="seen">
        {seen.map((what, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a list that only grows
          <li key={index}>{what}</li>
        ))}
      </ol>
    </main>
  );
}

const root = document.getElementById('root');
const query = new URLSearchParams(location.search);
if (root !== null) {
  const library = query.get('library') === 'zxing-js' ? 'zxing-js' : 'zxing-wasm';
  createRoot(root).render(<ScannerPage library={library} withCamera={query.has('camera')} />);
}
