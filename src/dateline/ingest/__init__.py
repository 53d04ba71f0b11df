"""Turn seed texts and their sidecar files into documents."""
