import { createTheme, type MantineColorsTuple } from '@mantine/core';

const sky: MantineColorsTuple = [
  '#e8efff',
  '#cfdcff',
  '#a3bbff',
  '#7397ff',
  '#4a77ff',
  '#2f65ff',
  '#1b5cff',
  '#0f4be0',
  '#0a42c9',
  '#0238b1',
];

// Mantine's dark greys, brought to the blue-grey of our ground.
const dark: MantineColorsTuple = [
  '#f2f5fa',
  '#c9d1dd',
  '#9ba6b8',
  '#7d889a',
  '#3a4454',
  '#2a3240',
  '#1e2530',
  '#161b24',
  '#0f141c',
  '#0d1117',
];

/** Calm and flat: one accent, neutral greys, corners of 12 px, motion of 150 ms and none for those who ask for none. */
export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '700' },
  colors: { sky, dark },
  primaryColor: 'sky',
  primaryShade: { light: 6, dark: 5 },
  defaultRadius: 10,
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Modal: { defaultProps: { radius: 14, centered: true, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 150 } } },
    Paper: { defaultProps: { radius: 14 } },
  },
});
