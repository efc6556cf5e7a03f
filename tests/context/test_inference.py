"""
Members found by following names, in the ways that TypeScript is written.
"""

import pytest

from tests.context.scenes import scene

MODELS = """
export interface Base { baseMember: string }
export interface User extends Base { address: Address; tags: Tag[]; rename(to: string): User }
export interface Address { street: string; city: City }
export interface City { postcode: string }
export type Tag = { label: string };
export class Repository<T> { findOne(id: string): Promise<T> { return 0 as any } all: T[] = []; }
export class Users extends Repository<User> { constructor(private readonly log: Logger) { super() } }
export class Logger { info(message: string): void {} }
export function loadUser(id: string): Promise<User> { return 0 as any }
export function useShop() { const x = 1; return { basket: x, checkout() {} } }
export const settings = { theme: 'dark', nested: { deep: 1 } };
export const repository = new Repository<User>();
export enum Level { Low, High }
export type Partly = Pick<User, 'address'> & { extraMember: number };
export const make = (): Address => 0 as any;
export type Handler = (request: Address, reply: City) => void;
export function on(handler: Handler): void {}
export function Panel(props: { titleText: string; onClose?: () => void }) { return null }
export const Card: React.FC<User> = () => null;
"""
NAMES = "User,Users,Repository,Logger,loadUser,useShop,settings,repository,Level,Partly,make,on,Panel,Card,Tag,Address"


@pytest.mark.parametrize(
    ("code", "member"),
    [
        ("declare const u: User;\nu.█", "address"),
        ("declare const u: User;\nu.█", "baseMember"),
        ("function f(u: User | null) {\n  u?.█", "rename"),
        ("function f({ address }: User) {\n  address.█", "street"),
        ("async function f() {\n  const u = await loadUser('1');\n  u.address.city.█", "postcode"),
        ("async function f() {\n  const { address: home } = await loadUser('1');\n  home.█", "street"),
        ("loadUser('1').then(u => u.█", "address"),
        ("declare const us: User[];\nus.map(u => u.█", "address"),
        ("declare const us: User[];\nfor (const u of us) {\n  u.█", "address"),
        ("declare const us: User[];\nus[0].█", "address"),
        ("declare const u: User;\nu.tags.forEach((t) => t.█", "label"),
        ("declare const u: User;\nu.rename('x').rename('y').█", "address"),
        ("const users = new Users(log);\nusers.█", "findOne"),
        ("async function f() {\n  const u = await repository.findOne('1');\n  u.█", "address"),
        ("class Shop {\n  constructor(private users: Users) {}\n  m() {\n    this.users.█", "findOne"),
        ("class Shop extends Users {\n  m() {\n    this.█", "findOne"),
        ("const shop = useShop();\nshop.█", "checkout"),
        ("const { basket, ...rest } = useShop();\nsettings.█", "theme"),
        ("Level.█", "High"),
        ("declare const p: Partly;\np.█", "extraMember"),
        ("declare const p: Partly;\np.address.█", "street"),
        ("make().█", "street"),
        ("on((request, reply) => {\n  reply.█", "postcode"),
        ("const u = x as User;\nu.█", "address"),
        ("const u = useRef<User>(null);\nu.█", "address"),
        ("const log = inject(Logger);\nlog.█", "info"),
        ("const u: User = {\n  █", "address"),
        ("loadUser('1').then((u) => ({ ...u, ...make() })); const t: Tag = { █", "label"),
        ("const view = <Panel █", "titleText"),
        ("const view = <Card █", "address"),
        ("function f(): User {\n  return {\n    █", "address"),
        ("type S = typeof settings;\ndeclare const s: S;\ns.█", "theme"),
        ("declare const r: ReturnType<typeof make>;\nr.█", "street"),
        ("declare const c: User['address'];\nc.█", "street"),
    ],
)
def test_members_are_found(code: str, member: str) -> None:
    """
    The member is shown in its line, found by following types and not by its name.
    """
    here = scene({"src/models.ts": MODELS, "src/main.tsx": f"import {{ {NAMES} }} from './models';\n{code}"})
    context = here.context()

    assert f"  {member}" in context.text
    assert context.snippets[0].path == "src/models.ts"


def test_namespace_imports_show_what_the_module_exports() -> None:
    """
    `ns.█` shows the module's exports, those of its barrels included.
    """
    context = scene(
        {
            "src/a.ts": "export * from './b'; export const own = 1;",
            "src/b.ts": "export function through(): void {}",
            "src/main.ts": "import * as ns from './a';\nns.█",
        }
    ).context()

    assert "through(): void" in context.text
    assert "own = 1" in context.text


def test_types_that_refer_to_each_other_end() -> None:
    """
    A circle of types is followed once.
    """
    context = scene(
        {
            "src/a.ts": "export type A = B & A; export type B = A['b']; export interface C extends C { c: C }",
            "src/main.ts": "import { A, B, C } from './a';\nfunction f(a: A, b: B) {\n  const d = d;\n  a.b.c.d.█",
        }
    ).context()

    assert context.tokens <= 2000


@pytest.mark.parametrize(
    "line",
    [
        "import legacy = require('./legacy');\nlegacy.█",
        "import * as legacy from './legacy';\nlegacy.█",
        "import legacy from './legacy';\nlegacy.█",
    ],
)
@pytest.mark.parametrize(
    "exporting",
    [
        "declare namespace api { function charge(amount: number): void; }\nexport = api;",
        "function charge(amount: number): void {}\nexport = { charge: charge, amount: 2 };",
        "class Api { static version = 1; charge(amount: number): void {} }\nexport = new Api();",
    ],
)
def test_members_of_what_a_module_assigns_to_its_exports(line: str, exporting: str) -> None:
    """
    `export =` gives a namespace, an object or an instance; each way of importing it reaches its members.
    """
    context = scene({"src/legacy.ts": exporting, "src/main.ts": line}).context()

    assert "charge" in context.text
    assert any(snippet.retriever == "receiver" for snippet in context.snippets)


def test_a_member_of_what_a_module_assigns_is_imported_by_name() -> None:
    """
    The declaration behind `import { charge }` is that member.
    """
    context = scene(
        {
            "src/legacy.ts": "declare namespace api { function charge(amount: number): void; }\nexport = api;",
            "src/main.ts": "import { charge } from './legacy';\n█",
        }
    ).context()

    assert "function charge(amount: number): void" in context.text
