"""What a run hands back: marks and review sheets in the copies, the summary, findings.json."""
