import { useEffect, useId, useRef } from 'react';

export interface TouchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onEnter?: () => void;
  /** Called when the field is chosen, where one pad serves several fields. */
  readonly onChoose?: () => void;
  readonly hint?: string;
  readonly isSecret?: boolean;
  readonly hideLabel?: boolean;
  readonly autoFocus?: boolean;
  readonly lengthMax?: number;
}

/**
 * A real field without the system's keyboard (`inputMode="none"`): our pads fill it, a person's keyboard may too, and
 * the hand scanner's listener can take back what a scan typed into it.
 */
export function TouchField(props: TouchFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const wanted = props.autoFocus === true;
  // A panel's focus trap looks for `data-autofocus`; elsewhere the field takes the focus itself.
  useEffect(() => {
    if (wanted) input.current?.focus();
  }, [wanted]);
  return (
    <div className="field">
      <label htmlFor={id} className={props.hideLabel ? 'visually-hidden' : 't1 quiet'}>
        {props.label}
      </label>
      <input
        id={id}
        ref={input}
        className="field-input"
        data-autofocus={wanted || undefined}
        type={props.isSecret ? 'password' : 'text'}
        inputMode="none"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={props.value}
        placeholder={props.hint}
        maxLength={props.lengthMax}
        onChange={(event) => props.onChange(event.target.value)}
        onFocus={props.onChoose}
        onKeyDown={(event) => {
          if (event.key === 'Enter') props.onEnter?.();
        }}
      />
    </div>
  );
}
