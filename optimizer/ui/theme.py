"""The look: two palettes, the settings of Streamlit's own theme made from them, and the style sheet of our parts.

The colours of the five bins tell apart in grey and for colour-blind readers; nothing is ever said by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one mode. `bins` runs from "no limit used" to "at the limit"."""

    page: str
    card: str
    rail: str
    line: str
    text: str
    quiet: str
    accent: str
    tint: str
    land: str
    sea_line: str
    free: str
    forbidden: str
    tier1: str
    bins: tuple[str, str, str, str, str]


LIGHT: Final = Palette(
    page="#F7F9FB",
    card="#FFFFFF",
    rail="#FFFFFF",
    line="#DCE3EA",
    text="#15202B",
    quiet="#56636F",
    accent="#0B5CAD",
    tint="#EAF1F8",
    land="#E1E7ED",
    sea_line="#FFFFFF",
    free="#6B7885",
    forbidden="#C3CBD3",
    tier1="#C4DAEE",
    bins=("#E1E7ED", "#9ECAE1", "#4292C6", "#08519C", "#D55E00"),
)
DARK: Final = Palette(
    page="#0E141B",
    card="#131B24",
    rail="#161E27",
    line="#2A3642",
    text="#E9EFF5",
    quiet="#9AA8B5",
    accent="#5AB0F2",
    tint="#1B2A3A",
    land="#2B3947",
    sea_line="#131B24",
    free="#93A1AE",
    forbidden="#4A545F",
    tier1="#23496F",
    bins=("#2B3947", "#9ECAE1", "#5AA5D8", "#2F7FC1", "#FF8C42"),
)


def palette(mode: str | None) -> Palette:
    """The palette for Streamlit's theme type ("light", "dark", or None before the browser has told)."""
    return DARK if mode == "dark" else LIGHT


def streamlit_options() -> dict[str, object]:
    """The theme as Streamlit's settings, for both modes."""
    options: dict[str, object] = {
        "theme.baseRadius": "10px",
        "theme.buttonRadius": "8px",
        "theme.showSidebarBorder": True,
        "theme.showWidgetBorder": True,
        "theme.baseFontSize": 15,
        "theme.headingFontWeights": [700, 650, 600],
        "theme.headingFontSizes": ["1.7rem", "1.25rem", "1.05rem"],
        "theme.metricValueFontSize": "1.65rem",
        "theme.metricValueFontWeight": 650,
    }
    for mode, colours in (("light", LIGHT), ("dark", DARK)):
        options |= {
            f"theme.{mode}.backgroundColor": colours.page,
            f"theme.{mode}.secondaryBackgroundColor": colours.card,
            f"theme.{mode}.textColor": colours.text,
            f"theme.{mode}.primaryColor": colours.accent,
            f"theme.{mode}.borderColor": colours.line,
            f"theme.{mode}.dataframeBorderColor": colours.line,
            f"theme.{mode}.dataframeHeaderBackgroundColor": colours.card,
            f"theme.{mode}.linkColor": colours.accent,
            f"theme.{mode}.blueColor": colours.accent,
            f"theme.{mode}.blueBackgroundColor": colours.tint,
            f"theme.{mode}.blueTextColor": colours.quiet,
            f"theme.{mode}.sidebar.backgroundColor": colours.rail,
            f"theme.{mode}.sidebar.secondaryBackgroundColor": colours.page,
            f"theme.{mode}.sidebar.borderColor": colours.line,
        }
    return options


def style_sheet() -> str:
    """The style sheet of our own parts; `light-dark()` follows the mode that the reader chose."""
    names = ("page", "card", "rail", "line", "text", "quiet", "accent", "land", "free", "forbidden", "tier1")
    pairs = [(f"--fp-{name}", getattr(LIGHT, name), getattr(DARK, name)) for name in names]
    pairs += [(f"--fp-bin-{n}", a, b) for n, (a, b) in enumerate(zip(LIGHT.bins, DARK.bins, strict=True))]
    variables = "".join(f"{name}:light-dark({light},{dark});" for name, light, dark in pairs)
    signs = "".join(f'.fp-{tone}{{--fp-sign:url("{_sign(drawing)}")}}' for tone, drawing in _SIGNS.items())
    return f"<style>.stApp{{{variables}}}{signs}{_RULES}</style>"


def _sign(drawing: str) -> str:
    """A drawing of 16 by 16 as an address that holds it whole: nothing is fetched."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='black' stroke-width='1.7'"
        f" stroke-linecap='round' stroke-linejoin='round'>{drawing}</svg>"
    )
    return f"data:image/svg+xml,{quote(svg)}"


_SIGNS: Final = {
    "good": "<circle cx='8' cy='8' r='6.4'/><path d='M5 8.2l2.1 2.1L11 6'/>",
    "info": "<path d='M8 1.6l5.2 2v3.9c0 3.1-2.1 5.6-5.2 6.9-3.1-1.3-5.2-3.8-5.2-6.9V3.6z'/>"
    "<path d='M5.5 8l1.8 1.8 3.2-3.4'/>",
    "warn": "<path d='M8 2.2L14.4 13H1.6z'/><path d='M8 6.6v3M8 11.3v.2'/>",
    "bad": "<circle cx='8' cy='8' r='6.4'/><path d='M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4'/>",
    "busy": "<path d='M8 1.6a6.4 6.4 0 1 1-6.4 6.4'/>",
    "pick": "<path d='M2 3h12l-4.6 5.4V13l-2.8-1.6v-3z'/>",
    "dull": "<circle cx='8' cy='8' r='6.4'/><path d='M5 8h6'/>",
}
"""A sign for each tone: a tick, a shield with a tick, a triangle, a cross, a turning arc, a funnel, a dash."""


_RULES: Final = """
.stMainBlockContainer{padding:2.2rem 2.4rem 3rem;max-width:1480px}
[data-testid="stSidebarHeader"]{height:3.2rem}
.st-key-map-card,.st-key-limits-card,.st-key-solve-card,.st-key-inputs-card,.st-key-problems-card,
.st-key-finding-card,[data-testid="stMetric"]{
  background:var(--fp-card)!important;border-color:var(--fp-line)!important}
[data-testid="stMetricChart"] :is(svg,canvas){background:transparent!important}
.st-key-map-card [data-testid="stElementToolbar"]{top:.3rem}
[data-testid="stMetricLabel"]{color:var(--fp-quiet)}
.fp-brand{display:flex;align-items:center;gap:.55rem;font-weight:700;font-size:1.1rem;letter-spacing:-.01em}
.fp-title{font-size:1.72rem;font-weight:700;line-height:1.2;letter-spacing:-.015em;margin:0;overflow-wrap:anywhere}
.fp-quiet{color:var(--fp-quiet);font-size:.87rem;line-height:1.45}
.fp-pills{display:flex;flex-wrap:wrap;gap:.5rem;margin:.6rem 0 .55rem}
.fp-pill{display:inline-flex;align-items:center;gap:.38rem;padding:.16rem .62rem;border-radius:999px;font-size:.86rem;
  font-weight:550;line-height:1.5;white-space:nowrap;border:1px solid transparent}
.fp-pill::before{content:"";flex:none;width:.86rem;height:.86rem;background:currentColor;
  mask:var(--fp-sign) center/contain}
.fp-good{background:light-dark(#E5F5EC,#0F3323);color:light-dark(#0B6B3A,#6FDDA3)}
.fp-info{background:light-dark(#E5F0FB,#12304D);color:light-dark(#0B4F96,#8CC6FA)}
.fp-busy{background:light-dark(#E5F0FB,#12304D);color:light-dark(#0B4F96,#8CC6FA)}
.fp-busy::before{animation:fp-turn 1.3s linear infinite}
@keyframes fp-turn{to{transform:rotate(1turn)}}
@media (prefers-reduced-motion:reduce){.fp-busy::before{animation:none}}
.fp-pick{background:light-dark(#E5F0FB,#12304D);color:light-dark(#0B4F96,#8CC6FA)}
.fp-warn{background:light-dark(#FDF0E4,#41260F);color:light-dark(#A34700,#FFB27A)}
.fp-bad{background:light-dark(#FCE8E8,#4A1919);color:light-dark(#A61B1B,#FF9C9C)}
.fp-dull{background:light-dark(#EDF1F5,#232E39);color:light-dark(#46525E,#B7C3CE)}
.fp-card-title{font-weight:650;font-size:1.02rem;line-height:1.35}
.fp-card-title span{font-weight:400;color:var(--fp-quiet);font-size:.92rem}
.fp-legend{display:flex;flex-wrap:wrap;gap:.3rem 1.05rem;font-size:.83rem;color:var(--fp-quiet);align-items:center}
.fp-legend i{display:inline-block;width:.78rem;height:.78rem;border-radius:3px;margin-right:.4rem;
  vertical-align:-.08rem;outline:1px solid light-dark(rgba(0,0,0,.08),rgba(255,255,255,.12));outline-offset:-1px}
.fp-legend i.round{border-radius:50%}
.fp-legend i.diamond{outline:0;border:1.6px solid var(--fp-text);border-radius:1px;transform:rotate(45deg) scale(.78)}
dl.fp-facts{margin:.4rem 0 0!important;padding:0!important;font-size:.88rem}
.fp-facts div{display:flex;justify-content:space-between;gap:1rem;padding:.42rem 0;
  border-bottom:1px solid var(--fp-line)}
.fp-facts div:last-child{border-bottom:0}
.fp-facts dt{color:var(--fp-quiet)}
.fp-facts dt,.fp-facts dd{margin:0;padding:0;font-weight:400}
.fp-facts dd{text-align:right;font-weight:550;overflow-wrap:anywhere}
.fp-limits{display:grid;grid-template-columns:minmax(5.4rem,max-content) minmax(3.2rem,1fr) minmax(0,max-content);
  gap:.62rem .7rem;align-items:center;font-size:.85rem;line-height:1.25}
.fp-limits .name{min-width:0;overflow-wrap:anywhere}
.fp-limits .name small,.fp-limits .value small{display:block;color:var(--fp-quiet);font-size:.74rem}
.fp-limits .track{height:.62rem;border-radius:99px;background:var(--fp-land);overflow:hidden}
.fp-limits .fill{height:100%;border-radius:99px;min-width:.3rem}
.fp-limits .value{font-variant-numeric:tabular-nums}
.fp-limits .binding{font-weight:650;color:light-dark(#B34F00,#FF9B5C)}
.fp-limits .broken{font-weight:650;color:light-dark(#A61B1B,#FF9C9C)}
.fp-table{width:100%;border-collapse:collapse;font-size:.88rem;line-height:1.4}
.fp-table th{text-align:left;font-weight:550;color:var(--fp-quiet);padding:.35rem .8rem .35rem 0}
.fp-table td:first-child{white-space:nowrap;overflow-wrap:normal}
.fp-table td{padding:.45rem .8rem .45rem 0;border-top:1px solid var(--fp-line);vertical-align:top;
  overflow-wrap:anywhere}
.st-key-cards>[data-testid="stLayoutWrapper"]>[data-testid="stHorizontalBlock"],
.st-key-places>[data-testid="stLayoutWrapper"]>[data-testid="stHorizontalBlock"]{flex-wrap:wrap}
.st-key-cards>*>*>[data-testid="stColumn"]{min-width:9.6rem;flex:1 1 9.6rem}
.st-key-places>*>*>[data-testid="stColumn"]{min-width:min(23rem,100%)}
@media (max-width:640px){
  .stMainBlockContainer{padding:3.9rem 1rem 2rem}
  .fp-title{font-size:1.35rem}
  .fp-pill{white-space:normal}
}
"""
