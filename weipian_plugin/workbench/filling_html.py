"""填报抄录 as one HTML page that works offline in any browser, also an old one: copy buttons, keys, ticks."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..core.errors import WeipianError, os_reason
from .filling import Filled, FormProfile

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 "Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:60em;padding:0 1em 6em;
 background:#fff;color:#1a1a1a}
h1{font-size:1.2em;margin:.6em 0}h2{font-size:1.1em;margin:1.4em 0 .4em}
table{border-collapse:collapse;width:100%}td{border-bottom:1px solid #bbb;padding:.3em .5em;vertical-align:top}
td.n{width:11em;color:#444}td.c{width:5em;text-align:right}td.v{white-space:pre-wrap;word-break:break-all}
tr.done td.n:before{content:"\\2713 ";color:#1a7431;font-weight:bold}tr.now{background:#e3eefb}
.warn{color:#8a5200}button{font:inherit;padding:.15em .7em;cursor:pointer}button:focus{outline:3px solid #0b57a4}
#bar{position:fixed;left:0;right:0;bottom:0;background:#f3f3f3;border-top:1px solid #999;padding:.5em 1em}
#bar button{font-weight:bold}
@media(prefers-color-scheme:dark){body{background:#202020;color:#eee}td.n{color:#bbb}td{border-color:#555}
 tr.now{background:#223a55}.warn{color:#ffc46b}tr.done td.n:before{color:#6fdc8c}#bar{background:#2b2b2b}}
"""
#: Written for browsers of ten years ago; the clipboard interface of newer ones is not there for local files.
_SCRIPT = """
(function(){
var rows=[].slice.call(document.querySelectorAll('tr[data-f]')),now=0,key='weipian:'+document.title,done={};
try{done=JSON.parse(localStorage.getItem(key)||'{}')}catch(e){done={}}
function keep(){try{localStorage.setItem(key,JSON.stringify(done))}catch(e){}}
function put(text){var t=document.createElement('textarea');t.value=text;t.style.position='fixed';t.style.opacity='0';
 document.body.appendChild(t);t.select();var ok=false;try{ok=document.execCommand('copy')}catch(e){ok=false}
 document.body.removeChild(t);
 if(!ok&&navigator.clipboard){navigator.clipboard.writeText(text);ok=true}return ok}
function text(r){return r.querySelector('td.v span').textContent}
function paint(){var n=0;rows.forEach(function(r,i){var d=!!done[r.getAttribute('data-f')];if(d)n++;
 r.className=(d?'done ':'')+(i===now?'now':'')});
 document.getElementById('count').textContent=n+' / '+rows.length}
function copy(i){var r=rows[i];if(!r)return;now=i;var ok=put(text(r));
 document.getElementById('clip').textContent=(ok?'\\u526a\\u8d34\\u677f\\uff1a':
 '\\u6d4f\\u89c8\\u5668\\u4e0d\\u8ba9\\u590d\\u5236\\uff0c\\u8bf7\\u624b\\u5de5\\u9009\\u4e2d\\uff1a')
 +r.getAttribute('data-l')+' = '+text(r);
 if(ok){done[r.getAttribute('data-f')]=1;keep()}paint()}
function next(){var i=now;if(done[rows[i]&&rows[i].getAttribute('data-f')]){i++}
 while(i<rows.length&&done[rows[i].getAttribute('data-f')])i++;
 if(i>=rows.length)return;copy(i);if(rows[i].scrollIntoView)rows[i].scrollIntoView(false)}
rows.forEach(function(r,i){r.querySelector('button').onclick=function(){copy(i)}});
document.getElementById('next').onclick=next;
document.getElementById('again').onclick=function(){done={};now=0;keep();paint()};
document.onkeydown=function(e){e=e||window.event;if(e.keyCode===78&&!e.ctrlKey&&!e.altKey){next();return false}};
paint();document.getElementById('next').focus();
})();
"""


def page(profile: FormProfile, patches: Sequence[tuple[str, Sequence[Filled]]]) -> str:
    """The page for some patches: (patch_id, fields). Only fields with something in them can be copied."""
    parts = [f"<h1>填报抄录 · {escape(profile.label)}</h1>"]
    parts.append("<p>点“复制”，或按 N 依次复制下一项，再到平台里粘贴。本页不联网，打勾只记在这台电脑的浏览器里。</p>")
    for patch_id, fields in patches:
        parts.append(f"<h2>{escape(patch_id)}</h2><table>")
        parts += [_row(patch_id, item) for item in fields]
        parts.append("</table>")
    title = escape("填报抄录 " + " ".join(patch_id for patch_id, _fields in patches[:3]))
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline';"
        " script-src 'unsafe-inline'\">"
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}"
        '<div id="bar"><button id="next">复制下一项（N）</button> <span id="count"></span> '
        '<span id="clip" aria-live="polite"></span> <button id="again">重新开始</button></div>'
        f"<script>{_SCRIPT}</script></body></html>\n"
    )


def _row(patch_id: str, item: Filled) -> str:
    note = f'<br><span class="warn">▲ {escape(item.note)}</span>' if item.note else ""
    label, value = escape(item.field.label, quote=True), escape(item.text)
    if not item.text:
        return f'<tr><td class="n">{label}</td><td class="v">—{note}</td><td class="c"></td></tr>'
    mark = escape(f"{patch_id}/{item.field.id}", quote=True)
    return (
        f'<tr data-f="{mark}" data-l="{label}"><td class="n">{label}</td><td class="v"><span>{value}</span>{note}</td>'
        f'<td class="c"><button aria-label="复制{label}">复制</button></td></tr>'
    )


def write_page(path: Path, profile: FormProfile, patches: Sequence[tuple[str, Sequence[Filled]]]) -> None:
    """Write the page as UTF-8.

    Raises:
        WeipianError: E_WRITE.
    """
    try:
        path.write_text(page(profile, patches), encoding="utf-8")
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error
