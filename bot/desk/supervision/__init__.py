"""What supervisors look after: queues, load, mutes, approvals, second looks, and the trail of who did what."""
