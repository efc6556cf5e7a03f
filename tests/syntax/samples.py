"""
Source with a bit of everything in it.
"""

TYPESCRIPT = """import { join, type Path } from "./paths";

/** Loads one. Or none. */
export async function load<T>(id: string, retries = 3): Promise<T | null> {
  const reply = await fetch(`/u/${id}?q=${retries}`);
  if (!reply.ok) { throw new Error('bad'); }
  for (const x of [1, 2, 3]) { console.log(x ?? /re[/]x/g.test("q")); }
  return reply.json();
}

@Injectable()
export class Cart extends Base<number> implements Sized {
  private items: Item[] = [];
  constructor(private readonly http: Http) { super(); }
  get total(): number { return this.items.reduce((sum, i) => sum + i.price * i.n, 0); }
  static of = (x: unknown) => { switch (x) { case 1: return "a"; default: break; } };
}

interface Sized { size: number; grow?: (by: number) => void; }
type Keys = { [K in keyof Sized]: Sized[K] } | "lit";
enum Colour { Red = 1, Green }
"""

TSX = (
    TYPESCRIPT
    + """
export const View = ({ name, items }: Props) => (
  <section className="view" onClick={() => go(name)}>
    Hello {name}, it's // not a comment
    {items.map((item) => <Row key={item.id} {...item} />)}
    <></>
  </section>
);
"""
)

JAVASCRIPT = """'use strict';
const { join, resolve: find } = require('path');

class Cart {
  #items = [];
  add(item) { this.#items.push(item); return `${this.#items.length} of ${item}`; }
}
module.exports = { Cart, of: (x) => x / 2 / 1 };
"""

BY_LANGUAGE = {
    "typescript": TYPESCRIPT,
    "typescriptreact": TSX,
    "javascript": JAVASCRIPT,
    "javascriptreact": JAVASCRIPT,
}
