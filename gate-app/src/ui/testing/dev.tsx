import { showScreens } from '../screens-root.tsx';
import { createFakeKiosk, type FakeKiosk } from './fake-kiosk-api.ts';

// For looking at the screens without a kiosk: `vite`, then /testing/dev.html. Not part of the build.
declare global {
  interface Window {
    fakeKiosk: FakeKiosk;
  }
}

window.fakeKiosk = createFakeKiosk();
showScreens(window.fakeKiosk.connection);
