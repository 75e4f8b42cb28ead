import { Fragment } from 'react';

/** A dotted name of a message type, which may break after its dots and nowhere else. */
export function TypeName({ name }: { name: string }) {
  const parts = name.split('.');
  return parts.map((part, index) => {
    const last = index === parts.length - 1;
    return (
      <Fragment key={index}>
        {last ? part : `${part}.`}
        {!last && <wbr />}
      </Fragment>
    );
  });
}
