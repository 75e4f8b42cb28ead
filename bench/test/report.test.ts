import { describe, expect, it } from 'vitest';
import { markdownTables, terminalTables, withSection } from '../kit/report.ts';

describe('the page with the figures', () => {
  const page = '# Performance\n\n<!-- begin: post -->\n\nold\n\n<!-- end: post -->\n\nby hand\n';

  it('gets a section of its own for a bench that has none', () => {
    const text = withSection(page, 'exchange', '## Fiks IO\n');
    expect(text.startsWith(page.trimEnd())).toBe(true);
    expect(text.endsWith('\n\n<!-- begin: exchange -->\n\n## Fiks IO\n\n<!-- end: exchange -->\n')).toBe(
      true,
    );
    expect(withSection('', 'post', 'x')).toBe('<!-- begin: post -->\n\nx\n\n<!-- end: post -->\n');
  });

  it('keeps what others have written when a section is replaced', () => {
    const text = withSection(withSection(page, 'exchange', 'one'), 'post', 'new');
    expect(text).toBe(
      '# Performance\n\n<!-- begin: post -->\n\nnew\n\n<!-- end: post -->\n\nby hand\n\n<!-- begin: exchange -->\n\none\n\n<!-- end: exchange -->\n',
    );
    expect(withSection(text, 'post', 'new')).toBe(text);
  });

  it('shows tables as text and as Markdown', () => {
    const table = { title: 'T', head: ['what', 'ms'], rows: [['a thing', '1']], note: 'Why.' };
    expect(terminalTables([table])).toBe('\nT\n  what     ms\n  a thing  1\n');
    expect(markdownTables([table], 3)).toBe(
      '### T\n\nWhy.\n\n| what | ms |\n| --- | --- |\n| a thing | 1 |\n\n',
    );
  });
});
