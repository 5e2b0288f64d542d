import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';

export interface TouchButtonProps {
  readonly onPress: () => void;
  readonly children: ReactNode;
  /** `primary` is the one thing to do next on a screen. */
  readonly kind?: 'primary' | 'usual' | 'plain' | 'danger';
  readonly icon?: ReactNode;
  /** Needed where the button shows no words. */
  readonly label?: string;
  readonly chosen?: boolean;
  readonly disabled?: boolean;
  /** The answer is on its way: shows so, and a second touch does nothing. */
  readonly busy?: boolean;
  readonly wide?: boolean;
  readonly className?: string;
}

/** The one button of the screens: large enough for a wet finger, the same everywhere. */
export function TouchButton(props: TouchButtonProps) {
  const kind = props.kind ?? 'usual';
  const classes = ['touch', kind, props.chosen && 'chosen', props.wide && 'wide', props.className];
  return (
    <UnstyledButton
      type="button"
      className={classes.filter(Boolean).join(' ')}
      onClick={() => {
        if (props.busy !== true) props.onPress();
      }}
      // A pad must not take the focus from the field it fills: a key typed by hand should go on landing there.
      onMouseDown={(event) => event.preventDefault()}
      disabled={props.disabled}
      aria-label={props.label}
      aria-pressed={props.chosen}
      aria-busy={props.busy}
    >
      {props.busy === true ? <span className="busy-dot" aria-hidden /> : props.icon}
      {props.children}
    </UnstyledButton>
  );
}
