"""What takes money back from us: refunds, disputes and warnings of fraud, each a part of one payment."""
