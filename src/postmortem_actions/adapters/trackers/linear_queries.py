"""What Linear is asked, in GraphQL. Everything that changes is a variable; nothing is put into these texts."""

ISSUE = """
fragment Ticket on Issue {
  id identifier url title dueDate updatedAt trashed
  state { name type }
  assignee { id name displayName email }
  labels(first: 50) { nodes { id name } }
}
"""

VIEWER = "query { viewer { id name } }"

TEAM = """
query($key: String!) {
  teams(first: 1, filter: { key: { eq: $key } }) {
    nodes { id key name states(first: 100) { nodes { id name type position } } }
  }
}
"""

LABELS = """
query($filter: IssueLabelFilter, $after: String) {
  issueLabels(first: 100, after: $after, filter: $filter) {
    nodes { id name team { id } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

USERS = """
query($filter: UserFilter) {
  users(first: 5, filter: $filter) { nodes { id name displayName email active } }
}
"""

ISSUES = (
    """
query($filter: IssueFilter, $after: String) {
  issues(first: 100, after: $after, filter: $filter, includeArchived: true, orderBy: createdAt) {
    nodes { ...Ticket }
    pageInfo { hasNextPage endCursor }
  }
}
"""
    + ISSUE
)

COMMENTS = """
query($id: String!, $after: String, $filter: CommentFilter) {
  issue(id: $id) {
    comments(first: 100, after: $after, filter: $filter) {
      nodes { id body createdAt user { displayName } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""

RELATIONS = """
query($id: String!) {
  issue(id: $id) { relations(first: 100) { nodes { type relatedIssue { id } } } }
}
"""

CREATE = (
    """
mutation($input: IssueCreateInput!) { issueCreate(input: $input) { success issue { ...Ticket } } }
"""
    + ISSUE
)

UPDATE = (
    """
mutation($id: String!, $input: IssueUpdateInput!) {
  issueUpdate(id: $id, input: $input) { success issue { ...Ticket } }
}
"""
    + ISSUE
)

COMMENT = "mutation($input: CommentCreateInput!) { commentCreate(input: $input) { success } }"
RELATE = "mutation($input: IssueRelationCreateInput!) { issueRelationCreate(input: $input) { success } }"
LABEL = "mutation($input: IssueLabelCreateInput!) { issueLabelCreate(input: $input) { success issueLabel { id name } } }"
