/** Outline icons on a 24 unit grid. Always beside a text, hence hidden from screen readers. */
const PATHS = {
  envelope: 'M3.5 6.5h17v11h-17zM3.5 7l8.5 6 8.5-6',
  opened: 'M3.5 10v9.5h17V10L12 4zM3.5 10.3l8.5 5.2 8.5-5.2',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 7.5V12l3 2',
  alert: 'M12 4.5l8.5 15h-17zM12 10v4.5M12 16.8v.2',
  info: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 7.8V8',
  file: 'M6.5 3.5h7.5l4 4v13h-11.5zM13.5 3.5v4.5H18M9.5 12.5h5M9.5 16h5',
  download: 'M12 4v11M7.5 11l4.5 4.5L16.5 11M5 19.5h14',
  lock: 'M6 10.5h12v9H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5',
  back: 'M19 12H5.5M11 6.5L5.5 12l5.5 5.5',
  forward: 'M5 12h13.5M13 6.5l5.5 5.5-5.5 5.5',
  printer: 'M7.5 8.5v-5h9v5M7.5 16.5h-3v-8h15v8h-3M7.5 14h9v6.5h-9z',
  eye: 'M2.5 12s3.5-6 9.5-6 9.5 6 9.5 6-3.5 6-9.5 6-9.5-6-9.5-6zM12 9.3a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4z',
  language:
    'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM4 12h16M12 4c2.2 2.2 3.3 5 3.3 8s-1.1 5.8-3.3 8c-2.2-2.2-3.3-5-3.3-8s1.1-5.8 3.3-8z',
  dot: 'M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  exchange: 'M4 8.5h14M14 4.5l4 4-4 4M20 15.5H6M10 11.5l-4 4 4 4',
  close: 'M6.5 6.5l11 11M17.5 6.5l-11 11',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="gm-icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
