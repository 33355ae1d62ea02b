import sys; sys.path.insert(0,'/tmp')
from hwtry import stub
from tests.conftest import *
from tests.web.pages.scene import *
from tests.web.pages.conftest import *
import tests.house as th
_c = th.create_app
def _create(services):
    app = _c(services); stub(app); return app
th.create_app = _create
def test_a(scene):
    b = scene.browser("Ana")
    import time
    scene.track(scene.anchor_id, 25000); scene.track(scene.child_id, 60000)
    for p in ("/", "/w/{anchor}/","/w/{child}/","/w/{anchor}/workspaces","/w/{anchor}/members","/w/{child}/members","/w/{anchor}/keys","/w/{anchor}/billing","/w/{anchor}/billing/cancel","/w/{child}/settings","/talk-to-us","/sign-in","/sign-up","/dev/mail"):
        t=time.time(); a = b.get(scene.path(p)); print(p, a.status_code, round(time.time()-t,3)); print(text_of(a)[:1500])
    a = scene.browser("Ben").get(scene.path("/w/{child}/")); print(a.status_code, text_of(a))
    a = scene.browser("Eve").get(scene.path("/w/{eves}/billing")); print(a.status_code, text_of(a))
