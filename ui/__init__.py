"""The page: Gradio around an open assistant. It renders the library's frozen values and decides nothing itself."""
