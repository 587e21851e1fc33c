"""The planner's page: `fleetplan ui`, `python app.py` and `streamlit run app.py` all open it.

The server reads this file once, before anybody is there; after that every browser session runs it as its page.
"""

import streamlit as st

from optimizer.ui import desk, server

if st.runtime.exists():
    desk.show()
elif __name__ == "__main__":
    server.serve()
else:
    server.apply_settings()
    app = st.App(__file__, routes=server.routes(st.get_option("server.baseUrlPath")))
