import { hash } from 'node:crypto';

/** The pages' only style sheet, inside the page: the simulator depends on no other file or host. */
export const STYLE = `
:root { --ink: #1e2b3c; --soft: #4b5b6d; --line: #c3ccd6; --paper: #fff; --ground: #f3f5f8; --act: #0b5c8a; --act-dark: #084466; --warn: #8f1d1d; --mark: #fff3d6; }
* { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); background: var(--ground); }
body { margin: 0; }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between; align-items: baseline; }
.brand { font-weight: 700; letter-spacing: .01em; margin: 0; }
.languages { list-style: none; display: flex; gap: 1rem; margin: 0; padding: 0; }
.languages a, .languages span { display: inline-block; padding: .25rem 0; }
.languages span { font-weight: 600; }
main { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: clamp(1rem, 4vw, 2.25rem); }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p { margin: 0 0 1rem; }
.notice { background: var(--mark); border-left: .3rem solid #b7791f; padding: .75rem 1rem; border-radius: .25rem; }
.errors { border: 2px solid var(--warn); border-radius: .5rem; padding: 1rem; margin-bottom: 1.25rem; }
.errors h2 { margin: 0 0 .25rem; color: var(--warn); }
.errors a, .error { color: var(--warn); font-weight: 600; }
.error { margin: 0 0 .35rem; }
fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: 0 0 1.25rem; padding: .75rem 1rem 1rem; }
legend { font-weight: 600; padding: 0 .35rem; }
.choice { display: flex; gap: .6rem; align-items: center; min-height: 2.75rem; }
.choice input { width: 1.3rem; height: 1.3rem; accent-color: var(--act); }
.hint { color: var(--soft); margin: 0 0 .35rem; }
label { font-weight: 600; }
.choice label { font-weight: 400; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; }
.row input { font: inherit; flex: 1 1 12rem; max-width: 18rem; min-height: 2.75rem; padding: .4rem .7rem; border: 1px solid var(--soft); border-radius: .375rem; }
button { font: inherit; cursor: pointer; min-height: 2.75rem; border-radius: .375rem; padding: .4rem 1.1rem; border: 1px solid var(--act); }
button.primary { background: var(--act); color: #fff; font-weight: 600; }
button.primary:hover { background: var(--act-dark); }
button.secondary { background: #fff; color: var(--act-dark); }
button.secondary:hover { background: #e8f1f7; }
.persons { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); }
.persons li { display: flex; }
.persons button { width: 100%; text-align: left; display: flex; flex-direction: column; border-color: var(--line); overflow-wrap: anywhere; }
.persons button:hover { border-color: var(--act); }
.persons .name { font-weight: 600; }
.persons .number { color: var(--soft); font-size: .9rem; font-variant-numeric: tabular-nums; }
a { color: var(--act-dark); }
.end { margin: 2rem 0 0; }
input[aria-invalid] { border: 2px solid var(--warn) !important; }
:focus-visible { outline: 3px solid var(--act-dark); outline-offset: 2px; }
footer { color: var(--soft); font-size: .9rem; }
`;

/** Lets the browser use this style sheet and no other. */
export const STYLE_SOURCE = `'sha256-${hash('sha256', STYLE, 'base64')}'`;
