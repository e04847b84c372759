import { describe, expect, it } from 'vitest';
import { Html, html, jsonForScript } from './html.js';

describe('html', () => {
  it('escapes text in content and attributes, and keeps markup that it made', () => {
    const inner = html`<b>${'<i>&"\''}</b>`;
    expect(html`<p title="${'" onload="x'}">${inner}${[inner, '<']}</p>`.markup).toBe(
      '<p title="&quot; onload=&quot;x"><b>&lt;i&gt;&amp;&quot;&#39;</b><b>&lt;i&gt;&amp;&quot;&#39;</b>&lt;</p>',
    );
    expect(html`${undefined}${null}${false}${0}${new Html('<br>')}`.markup).toBe('0<br>');
  });

  it('writes JSON that can not end its script element', () => {
    const { markup } = jsonForScript({ text: '</script><!--' });
    expect(markup).not.toContain('<');
    expect(JSON.parse(markup)).toEqual({ text: '</script><!--' });
  });
});
