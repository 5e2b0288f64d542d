import { createTheme } from '@mantine/core';

/** Mantine in our sizes: the looks themselves are in styles/. */
export const theme = createTheme({
  fontFamily: '"Inter Variable", sans-serif',
  defaultRadius: 12,
  fontSizes: { xs: '16px', sm: '16px', md: '20px', lg: '28px', xl: '44px' },
  respectReducedMotion: true,
});
