import type { BrowserWindowConstructorOptions } from 'electron';

export interface WindowSettings {
  /** A window to move and close, for the desk of whoever sets a kiosk up; a kiosk fills its screen and stays. */
  readonly isWindowed: boolean;
  readonly preloadPath: string;
  readonly iconPath: string;
}

/** The one window of a kiosk (X1): no Node in it, its own process sandboxed, its world apart from the preload's. */
export function windowOptions({ isWindowed, preloadPath, iconPath }: WindowSettings): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 800,
    minWidth: 1024,
    minHeight: 768,
    kiosk: !isWindowed,
    fullscreen: !isWindowed,
    frame: isWindowed,
    closable: isWindowed,
    show: false,
    backgroundColor: '#101418',
    autoHideMenuBar: true,
    icon: iconPath,
    title: 'Skygate',
    webPreferences: {
      preload: preloadPath,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: isWindowed,
      // A verdict must be heard before anybody has touched the screen.
      autoplayPolicy: 'no-user-gesture-required',
      // The camera goes on when a printer's dialogue lies over the window.
      backgroundThrottling: false,
    },
  };
}
